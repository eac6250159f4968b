package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.protocol.Message.Target;

/** What the owner knows of a member of one stream. */
final class Replica {
  final Target target;
  final NodeId node;
  final boolean rebuilding;

  /** The number before the first entry that it gets. */
  final long first;

  /** Its base of this epoch is durable: entries may be sent. */
  boolean based;

  /** A question for the base is out. */
  boolean basing;

  /** The last sequence that it is known to hold durably. */
  long held;

  /** The last sequence sent. */
  long sent;

  /** What it held when last looked at, to see whether it moves. */
  long heldBefore;

  /** When it was last sent the rest after a gap. */
  long gapAnsweredNanos = Long.MIN_VALUE;

  /** Rebuilding, and from now on waited for: its readmission was proposed. */
  boolean awaited;

  /** The attempt to replace a member that it is the successor of; 0 for none. */
  long succession;

  Replica(Target target, NodeId node, boolean rebuilding, long first) {
    this.target = target;
    this.node = node;
    this.rebuilding = rebuilding;
    this.first = first;
    held = first;
    sent = first;
  }

  /** Whether it is waited for: in sync, or rebuilding and its readmission was proposed (H3). */
  boolean acknowledges() {
    return !rebuilding || awaited;
  }
}
