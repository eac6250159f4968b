/** Servers of an export: connections, their limits, and the way back from storage's threads. */
package io.aerie.export.server;
