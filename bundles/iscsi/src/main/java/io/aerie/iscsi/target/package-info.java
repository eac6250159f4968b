/** Targets as the administrator wants them, and who may use them. */
package io.aerie.iscsi.target;
