/**
 * Replicated logs on Atomix' Raft engine, driven directly: its partition groups know no change of
 * members, its client stalls for seconds, its log never syncs. What stands between its engine and
 * our contract is drawn in {@link io.aerie.cluster.atomix.log.AtomixLog}; {@code docs/cluster.md}
 * says what it guarantees.
 */
package io.aerie.cluster.atomix.log;
