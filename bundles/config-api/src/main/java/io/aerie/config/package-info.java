/**
 * ConfigDB: what the administrator wants, as typed documents at paths under one global revision.
 */
package io.aerie.config;
