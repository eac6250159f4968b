/**
 * Directed scenarios: one class for each execution that broke the first edition of the storage
 * design, named after it (H1 to H26), told in the words of {@link io.aerie.sim.scenario.Scenario}.
 */
package io.aerie.sim.scenario;
