package io.aerie.engine.rcd;

/** What RCD thinks of a node's present incarnation. The order is on disk. */
public enum NodeState {
  UP,
  /** Voters no longer answer its beats; it ends when its lease must be over. */
  SUSPECT,
  /** Its incarnation is over. */
  DOWN
}
