package io.aerie.cluster.identity;

/**
 * The servers of a node that others must be able to find. The names are stable: they are written
 * into members' records.
 */
public enum Service {
  /** Membership and messages (Atomix' messaging). */
  CLUSTER,
  /** Replicated logs of the Ratis provider. */
  LOG,
  /** ARDFS between nodes: replication, forwarded reads and writes, leases. */
  DATA,
  /** REST over TLS. */
  REST,
  /** The shell. */
  SSH,
  NBD,
  ISCSI
}
