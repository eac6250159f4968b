package io.aerie.engine.owner;

import io.aerie.engine.store.Change;
import java.util.Map;
import java.util.UUID;

/**
 * What one entry does at each member. Either all do the same, or each member that the change was
 * made for has its own; a member that is in neither missed it when the change was made, and must
 * not take it for done: its block differs from then on.
 */
final class MemberChanges {
  static final Change NOTHING = new Change.Nothing();

  private final Change common;
  private final Map<UUID, Change> own;
  private final int bytes;

  private MemberChanges(Change common, Map<UUID, Change> own) {
    this.common = common;
    this.own = own;
    int most = common == null ? 0 : common.dataBytes();
    for (Change change : own.values()) {
      most = Math.max(most, change.dataBytes());
    }
    bytes = most;
  }

  static MemberChanges same(Change change) {
    return new MemberChanges(change, Map.of());
  }

  /** One member alone; the others only count. */
  static MemberChanges only(UUID disk, Change change) {
    return one(disk, change, NOTHING);
  }

  /** One member has its own, all others do the same. */
  static MemberChanges one(UUID disk, Change change, Change others) {
    return new MemberChanges(others, Map.of(disk, change));
  }

  static MemberChanges each(Map<UUID, Change> changes) {
    return new MemberChanges(null, Map.copyOf(changes));
  }

  /** Null when it was not made for that member. */
  Change of(UUID disk) {
    return own.getOrDefault(disk, common);
  }

  /** Of data, at the member that gets most. */
  int bytes() {
    return bytes;
  }
}
