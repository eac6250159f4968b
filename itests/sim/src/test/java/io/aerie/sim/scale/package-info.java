/**
 * What operations on RCD's records cost in clusters of growing size, by the real rules and, for
 * takeovers, the real nodes; without data, network or faults.
 */
package io.aerie.sim.scale;
