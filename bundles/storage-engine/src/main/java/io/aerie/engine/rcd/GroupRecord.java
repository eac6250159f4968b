package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
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
 * @param number never reused
 * @param pool number of its pool
 * @param redundancy of its protection
 * @param members all its disks, each on another node; fragments of a stripe are found by the order
 *     (docs/erasure-code.md)
 * @param inSync hold everything that was ever acknowledged
 * @param rebuilding get every new entry, and what they missed
 * @param stale missed something since that epoch of the group
 * @param eligible left while nothing could be acknowledged without them: complete
 * @param frozen fewer in-sync members than the minimum: nothing is acknowledged
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
    long epoch,
    long revision) {
  public GroupRecord {
    members = List.copyOf(members);
    inSync = Collections.unmodifiableSortedSet(new TreeSet<>(inSync));
    rebuilding = Collections.unmodifiableSortedSet(new TreeSet<>(rebuilding));
    stale = Collections.unmodifiableSortedMap(new TreeMap<>(stale));
    eligible = Collections.unmodifiableSortedSet(new TreeSet<>(eligible));
  }

  /** In-sync members that are needed to acknowledge. */
  public int minimum() {
    return redundancy.minimum();
  }

  /** Whether blocks of the volume fall to it. */
  public boolean serves(VolumeRecord volume) {
    return pool == volume.pool() && redundancy.equals(volume.redundancy());
  }

  /** Disks that have, or are to get, this group's blocks. */
  public List<UUID> disks() {
    return members;
  }

  /** The number of a disk's place among the members: tells which fragment of a stripe it keeps. */
  public int place(UUID disk) {
    return members.indexOf(disk);
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
    return new GroupRecord(
        number,
        pool,
        redundancy,
        members,
        inSync,
        rebuilding,
        stale,
        eligible,
        in.readBoolean(),
        in.readLong(),
        in.readLong());
  }
}
