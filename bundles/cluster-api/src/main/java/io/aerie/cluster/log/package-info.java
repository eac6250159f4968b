/**
 * Replicated logs: the one way to keep state that must survive and agree. A consumer brings a
 * deterministic state machine; a provider (Atomix or Ratis, a service property {@code provider})
 * replicates its commands. Both pass the same contract tests.
 */
package io.aerie.cluster.log;
