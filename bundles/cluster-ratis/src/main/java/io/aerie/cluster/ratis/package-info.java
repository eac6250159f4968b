/**
 * Replicated logs on Apache Ratis: one Raft server a node, one Raft group a log, gRPC under mutual
 * TLS. Guards what Ratis leaves to its user: identities that end with their data, routing past a
 * frozen leader, idempotent retries, class loading inside OSGi.
 */
package io.aerie.cluster.ratis;
