package io.aerie.cluster.health;

import io.aerie.base.AerieException;

/**
 * A subsystem that stays away from this node until somebody does something, as with damaged data.
 * The subsystem registers it as a service for as long as that lasts; the node is not healthy then,
 * and who waits for it needn't wait on.
 *
 * @param subsystem as users call it, the beginning of a sentence
 * @param problem what is wrong, why, and what to do
 */
public record HealthProblem(String subsystem, AerieException problem) {}
