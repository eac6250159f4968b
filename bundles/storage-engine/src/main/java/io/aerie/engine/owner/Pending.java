package io.aerie.engine.owner;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Point;
import java.util.Map;
import java.util.UUID;

/** A numbered entry that not all members are known to hold. */
final class Pending {
  final Point point;
  final long groupEpoch;

  /** Null for entries that change nothing at members in sync. */
  final BlockKey block;

  final Change change;

  /** What single members get instead, fixed when numbered: a repetition must say the same. */
  final Map<UUID, Change> instead;

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
      Change change,
      Map<UUID, Change> instead,
      boolean copy,
      Runnable settled) {
    this.point = point;
    this.groupEpoch = groupEpoch;
    this.block = block;
    this.change = change;
    this.instead = instead;
    this.copy = copy;
    this.settled = settled;
    int most = bytes(change);
    for (Change other : instead.values()) {
      most = Math.max(most, bytes(other));
    }
    bytes = most;
  }

  Change changeFor(UUID disk) {
    return instead.isEmpty() ? change : instead.getOrDefault(disk, change);
  }

  static int bytes(Change change) {
    if (change instanceof Change.Write write) {
      return write.data().remaining();
    }
    return change instanceof Change.Copy copy ? copy.data().remaining() : 0;
  }
}
