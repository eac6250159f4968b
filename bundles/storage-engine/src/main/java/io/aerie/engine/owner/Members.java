package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.store.BlockKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The members of one stream, as RCD has them: those in sync, and those that are brought back. */
final class Members {
  private final NodeContext context;
  private final GroupStream stream;
  private final TreeMap<UUID, Replica> replicas = new TreeMap<>();
  private final TreeMap<UUID, Returner> returners = new TreeMap<>();

  Members(NodeContext context, GroupStream stream) {
    this.context = context;
    this.stream = stream;
  }

  Collection<Replica> all() {
    return replicas.values();
  }

  Set<UUID> disks() {
    return replicas.keySet();
  }

  /** The member on a disk, or null. */
  Replica of(UUID disk) {
    return replicas.get(disk);
  }

  boolean has(Replica replica) {
    return replicas.get(replica.target.disk()) == replica;
  }

  /** In-sync members, by disk. */
  List<Replica> inSync() {
    List<Replica> of = new ArrayList<>();
    for (Replica replica : replicas.values()) {
      if (!replica.rebuilding) {
        of.add(replica);
      }
    }
    return of;
  }

  /** A copy: returners come and go while they are asked. */
  Collection<Returner> returners() {
    return List.copyOf(returners.values());
  }

  void clear() {
    returners.values().forEach(Returner::stop);
    returners.clear();
    replicas.clear();
  }

  /** Follows RCD; what is returned is no member any more. */
  List<Replica> follow(GroupRecord group) {
    List<Replica> gone = new ArrayList<>();
    for (Replica replica : List.copyOf(replicas.values())) {
      UUID disk = replica.target.disk();
      boolean in = group.inSync().contains(disk);
      boolean rebuilding = group.rebuilding().contains(disk);
      long generation = context.rcd().disk(disk).map(DiskRecord::generation).orElse(0L);
      boolean another =
          !in && (!replica.rebuilding || replica.succession != group.successionOf(disk));
      if ((!in && !rebuilding) || another || generation != replica.target.generation()) {
        replicas.remove(disk);
        stopReturner(disk);
        gone.add(replica);
      } else if (in && replica.rebuilding) {
        admit(replica);
      }
    }
    for (UUID disk : group.inSync()) {
      if (!replicas.containsKey(disk)) {
        replicas.put(disk, replica(disk, false, 0));
      }
    }
    return gone;
  }

  /** What was rebuilding is in sync: RCD agreed to what was proposed. */
  private void admit(Replica former) {
    Replica replica = new Replica(former.target, former.node, false, former.first);
    replica.based = former.based;
    replica.held = former.held;
    replica.sent = former.sent;
    replicas.put(former.target.disk(), replica);
    stopReturner(former.target.disk());
  }

  private void stopReturner(UUID disk) {
    Returner returner = returners.remove(disk);
    if (returner != null) {
      returner.stop();
    }
  }

  private Replica replica(UUID disk, boolean rebuilding, long first) {
    DiskRecord record = context.rcd().disks().get(disk);
    return new Replica(new Target(disk, record.generation()), record.node(), rebuilding, first);
  }

  private boolean pendingReturn(UUID disk) {
    return context.rcd().pending(stream.key().group(), disk, stream.key().volume());
  }

  boolean anyPendingReturn(GroupRecord group) {
    return group.rebuilding().stream().anyMatch(this::pendingReturn);
  }

  /**
   * Begins to bring back whom RCD has as rebuilding.
   *
   * @param numbered the last number: the member gets all that comes after
   * @param unsettled entries up to it of which no inventory need tell yet: their blocks differ
   */
  void beginReturns(GroupRecord group, long numbered, List<Pending> unsettled) {
    for (UUID disk : group.rebuilding()) {
      if (!replicas.containsKey(disk) && pendingReturn(disk)) {
        Replica replica = replica(disk, true, numbered);
        replica.succession = group.successionOf(disk);
        Returner returner = new Returner(context, stream, replica);
        for (Pending entry : unsettled) {
          if (entry.block != null) {
            returner.touch(entry.block);
          }
        }
        replicas.put(disk, replica);
        returners.put(disk, returner);
        returner.start();
      }
    }
  }

  /**
   * Members that must not get a change of this block, since they lack what was before or the change
   * was not made for them. Their blocks differ from now on.
   */
  Set<UUID> withhold(BlockKey block, MemberChanges changes) {
    Set<UUID> withheld = Set.of();
    for (Returner returner : returners.values()) {
      boolean made = changes.of(returner.disk()) != null;
      if (!made) {
        returner.touch(block);
      }
      if (!returner.takes(block)) {
        withheld = withheld.isEmpty() ? new HashSet<>() : withheld;
        withheld.add(returner.disk());
      }
    }
    return withheld;
  }

  /** Members that have all that was settled: in sync, or waited for as if they were. */
  List<Replica> acknowledging() {
    List<Replica> of = new ArrayList<>();
    for (Replica replica : replicas.values()) {
      if (replica.acknowledges()) {
        of.add(replica);
      }
    }
    return of;
  }

  /** Whether a change of the block may be made for that member. */
  boolean takes(UUID disk, BlockKey block) {
    Replica replica = replicas.get(disk);
    Returner returner = returners.get(disk);
    return replica != null
        && (replica.acknowledges() || (returner != null && returner.equal(block)));
  }
}
