package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A group: the disks that hold the copies or fragments of every block that falls to it. Each member
 * is in exactly one of in-sync, rebuilding, stale, eligible.
 *
 * <pre>
 *            its node ends, enough others            disk brought, its turn
 *   inSync ------------------------------> stale --------------------------> rebuilding
 *     ^ |                                    ^  its node ends                  |  |
 *     | | its node ends, too few others      +---------------------------------+  |
 *     | v                                    | group served again without it      |
 *   eligible --------------------------------+                                    |
 *     ^ disk brought: back to inSync                     all volumes done         |
 *   inSync <----------------------------------------------------------------------+
 * </pre>
 *
 * <p>A member may have a successor: one more disk, which is being rebuilt and takes the place of
 * that member the moment it is in sync. It is no member before, and never in another of the four
 * sets.
 *
 * @param number never reused
 * @param pool number of its pool
 * @param redundancy of its protection
 * @param members all its disks, each on another node; fragments of a stripe are found by the order
 *     (docs/erasure-code.md)
 * @param inSync hold everything that was ever acknowledged
 * @param rebuilding get every new entry, and what they missed
 * @param stale missed something since that epoch of the group; {@link #SINCE_UNKNOWN} when nobody
 *     knows since when, as its blocks are of different times
 * @param eligible left while nothing could be acknowledged without them: complete
 * @param frozen fewer in-sync members than the minimum: nothing is acknowledged. It waits for the
 *     eligible ones, unless one that is stale can be rebuilt before; then {@link #alone}
 * @param replacement who is to take whose place
 * @param former disks that left it and may still have blocks of it
 * @param epoch raised with every change of the sets
 * @param revision RCD index of the last change
 */
public record GroupRecord(
    long number,
    long pool,
    Redundancy redundancy,
    List<UUID> members,
    SortedSet<UUID> inSync,
    SortedSet<UUID> rebuilding,
    SortedMap<UUID, Long> stale,
    SortedSet<UUID> eligible,
    boolean frozen,
    Optional<Replacement> replacement,
    SortedSet<UUID> former,
    long epoch,
    long revision) {
  /** Of a stale member that left while it was being rebuilt, or is a copy of the past. */
  public static final long SINCE_UNKNOWN = 0;

  /**
   * A member and its successor.
   *
   * @param from the member, in any of the four sets
   * @param to rebuilding
   * @param since epoch of the group at which it began, its name: a disk may be chosen again
   */
  public record Replacement(UUID from, UUID to, long since) {}

  public GroupRecord {
    members = List.copyOf(members);
    inSync = Collections.unmodifiableSortedSet(new TreeSet<>(inSync));
    rebuilding = Collections.unmodifiableSortedSet(new TreeSet<>(rebuilding));
    stale = Collections.unmodifiableSortedMap(new TreeMap<>(stale));
    eligible = Collections.unmodifiableSortedSet(new TreeSet<>(eligible));
    former = Collections.unmodifiableSortedSet(new TreeSet<>(former));
  }

  /** In-sync members that are needed to acknowledge. */
  public int minimum() {
    return redundancy.minimum();
  }

  /**
   * Frozen, and nobody who is away counts as complete any more: those in sync tell alone what is
   * kept, and others are rebuilt from them until there are enough.
   */
  public boolean alone() {
    return frozen && eligible.isEmpty() && inSync.size() >= redundancy.dataCount();
  }

  /** Too few are in sync to tell what was written: nothing can be read. */
  public boolean unreadable() {
    return inSync.size() < redundancy.dataCount();
  }

  /** Members that have all that was acknowledged: in sync, or away and waited for. */
  public SortedSet<UUID> complete() {
    TreeSet<UUID> of = new TreeSet<>(inSync);
    of.addAll(eligible);
    return of;
  }

  /**
   * Members of a group of copies that are not complete, and may be taken when those that are don't
   * come back. A successor that is being filled is none: most of it may be missing.
   */
  public SortedSet<UUID> incomplete() {
    TreeSet<UUID> of = new TreeSet<>(stale.keySet());
    rebuilding.stream().filter(disk -> !replaces(disk)).forEach(of::add);
    return of;
  }

  /** Whether it can be settled, and copies be made of what was: nobody may bring anything else. */
  public boolean settles() {
    return !frozen || alone();
  }

  /** Whether blocks of the volume fall to it. */
  public boolean serves(VolumeRecord volume) {
    return pool == volume.pool() && redundancy.equals(volume.redundancy());
  }

  /** Disks that have, or are to get, this group's blocks. */
  public List<UUID> disks() {
    if (replacement.isEmpty()) {
      return members;
    }
    List<UUID> disks = new ArrayList<>(members);
    disks.add(replacement.get().to());
    return disks;
  }

  /** Its members when the replacement that is under way, if there is one, has come to its end. */
  List<UUID> membersAfter() {
    List<UUID> then = new ArrayList<>(members);
    replacement.ifPresent(r -> then.set(then.indexOf(r.from()), r.to()));
    return then;
  }

  /**
   * The number of a disk's place among the members: tells which fragment of a stripe it keeps. A
   * successor has the place that it is to take.
   */
  public int place(UUID disk) {
    return members.indexOf(replaces(disk) ? replacement.get().from() : disk);
  }

  /** Whether the disk is to take a member's place. */
  public boolean replaces(UUID disk) {
    return replacement.isPresent() && replacement.get().to().equals(disk);
  }

  /** Which attempt to replace a member a disk is in: the epoch at which it began; 0 for none. */
  public long successionOf(UUID disk) {
    return replaces(disk) ? replacement.get().since() : 0;
  }

  /** Whether the disk's place is to be taken by another. */
  public boolean leaves(UUID disk) {
    return replacement.isPresent() && replacement.get().from().equals(disk);
  }

  /** Without a disk that had blocks of it; the four sets, and so the epoch, stay. */
  GroupRecord forgets(UUID disk, long index) {
    TreeSet<UUID> left = new TreeSet<>(former);
    left.remove(disk);
    return new GroupRecord(
        number,
        pool,
        redundancy,
        members,
        inSync,
        rebuilding,
        stale,
        eligible,
        frozen,
        replacement,
        left,
        epoch,
        index);
  }

  /** Whether every member is in sync. */
  public boolean whole() {
    return inSync.size() == members.size();
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    out.writeLong(pool);
    redundancy.write(out);
    RcdFormat.writeUuids(out, members);
    RcdFormat.writeUuids(out, inSync);
    RcdFormat.writeUuids(out, rebuilding);
    RcdFormat.writeUuids(out, stale.keySet());
    for (long since : stale.values()) {
      out.writeLong(since);
    }
    RcdFormat.writeUuids(out, eligible);
    out.writeBoolean(frozen);
    out.writeBoolean(replacement.isPresent());
    if (replacement.isPresent()) {
      RcdFormat.writeUuid(out, replacement.get().from());
      RcdFormat.writeUuid(out, replacement.get().to());
      out.writeLong(replacement.get().since());
    }
    RcdFormat.writeUuids(out, former);
    out.writeLong(epoch);
    out.writeLong(revision);
  }

  static GroupRecord read(DataInput in) throws IOException {
    long number = in.readLong();
    long pool = in.readLong();
    Redundancy redundancy = Redundancy.read(in);
    List<UUID> members = RcdFormat.readUuids(in);
    TreeSet<UUID> inSync = new TreeSet<>(RcdFormat.readUuids(in));
    TreeSet<UUID> rebuilding = new TreeSet<>(RcdFormat.readUuids(in));
    TreeMap<UUID, Long> stale = new TreeMap<>();
    for (UUID disk : RcdFormat.readUuids(in)) {
      stale.put(disk, 0L);
    }
    for (var entry : stale.entrySet()) {
      entry.setValue(in.readLong());
    }
    TreeSet<UUID> eligible = new TreeSet<>(RcdFormat.readUuids(in));
    boolean frozen = in.readBoolean();
    Optional<Replacement> replacement =
        in.readBoolean()
            ? Optional.of(
                new Replacement(RcdFormat.readUuid(in), RcdFormat.readUuid(in), in.readLong()))
            : Optional.empty();
    return new GroupRecord(
        number,
        pool,
        redundancy,
        members,
        inSync,
        rebuilding,
        stale,
        eligible,
        frozen,
        replacement,
        new TreeSet<>(RcdFormat.readUuids(in)),
        in.readLong(),
        in.readLong());
  }
}
