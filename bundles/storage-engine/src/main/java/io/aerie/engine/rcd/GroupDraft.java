package io.aerie.engine.rcd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Sets of a group while they change; written once, with the epoch raised. */
final class GroupDraft {
  final GroupRecord from;
  final SortedSet<UUID> inSync;
  final SortedSet<UUID> rebuilding;
  final SortedMap<UUID, Long> stale;
  final SortedSet<UUID> eligible;
  final SortedSet<UUID> former;
  boolean frozen;
  Optional<GroupRecord.Replacement> replacement;
  private final List<UUID> members;

  GroupDraft(GroupRecord from) {
    this.from = from;
    members = new ArrayList<>(from.members());
    inSync = new TreeSet<>(from.inSync());
    rebuilding = new TreeSet<>(from.rebuilding());
    stale = new TreeMap<>(from.stale());
    eligible = new TreeSet<>(from.eligible());
    former = new TreeSet<>(from.former());
    frozen = from.frozen();
    replacement = from.replacement();
  }

  long nextEpoch() {
    return from.epoch() + 1;
  }

  /** The successor, which is in sync, takes its place. */
  void replace() {
    UUID leaves = replacement.get().from();
    members.set(members.indexOf(leaves), replacement.get().to());
    inSync.remove(leaves);
    stale.remove(leaves);
    eligible.remove(leaves);
    former.add(leaves);
    replacement = Optional.empty();
  }

  /** With enough in sync it serves again; those that are still away miss what comes from now on. */
  void serveAgain() {
    if (inSync.size() >= from.minimum()) {
      frozen = false;
      leaveBehind();
    }
  }

  /** Those that are away and were complete so far miss what comes from now on. */
  void leaveBehind() {
    eligible.forEach(away -> stale.put(away, nextEpoch()));
    eligible.clear();
  }

  GroupRecord done(long index) {
    return new GroupRecord(
        from.number(),
        from.pool(),
        from.redundancy(),
        members,
        inSync,
        rebuilding,
        stale,
        eligible,
        frozen,
        replacement,
        former,
        nextEpoch(),
        index);
  }
}
