/** RCD's state machine under its replicated log, and how the rest of the node follows it. */
package io.aerie.ardfs.rcd;
