/** The record of every change: who, from where, what, outcome, when. */
package io.aerie.config.audit;
