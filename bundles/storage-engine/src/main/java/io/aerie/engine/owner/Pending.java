package io.aerie.engine.owner;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Point;
import java.util.Set;
import java.util.UUID;

/** A numbered entry that not all members are known to hold. */
final class Pending {
  final Point point;
  final long groupEpoch;

  /** Null for entries that change nothing at members in sync. */
  final BlockKey block;

  final MemberChanges changes;

  /** Members that get nothing of it, fixed when numbered: a repetition must say the same. */
  final Set<UUID> withheld;

  final int bytes;

  /** Run once when all of the acknowledgement set hold it. */
  final Runnable settled;

  /** A copy is not issued again under a new epoch: everything is compared anew then. */
  final boolean copy;

  /** A settle has decided about it. */
  boolean judged;

  /** It was decided to stay. */
  boolean kept;

  Pending(
      Point point,
      long groupEpoch,
      BlockKey block,
      MemberChanges changes,
      Set<UUID> withheld,
      boolean copy,
      Runnable settled) {
    this.point = point;
    this.groupEpoch = groupEpoch;
    this.block = block;
    this.changes = changes;
    this.withheld = withheld;
    this.copy = copy;
    this.settled = settled;
    bytes = changes.bytes();
  }

  Change changeFor(UUID disk) {
    return withheld.contains(disk) ? MemberChanges.NOTHING : changes.of(disk);
  }
}
