/**
 * Floor 0: what every other room needs and what needs nothing itself. Errors with stable codes,
 * sizes with units, names, checks, and the ports through which time and randomness enter the
 * product. No OSGi, no threads, no I/O.
 */
package io.aerie.base;
