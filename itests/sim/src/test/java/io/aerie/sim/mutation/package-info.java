/**
 * Proves that the simulation sees: deliberate bugs, each patched into a copy of one of the
 * product's sources and compiled in memory, each found by the scenario or seeds named with it.
 */
package io.aerie.sim.mutation;
