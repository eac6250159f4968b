/**
 * The storage protocol, the same classes as in production, in one thread under simulated time. One
 * seed gives one run, bit for bit.
 */
package io.aerie.sim;
