package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Leads each command to the rules that it belongs to, and answers what several of them ask. */
final class RcdRules {
  private final RcdTables tables;
  private final NodeRules nodes;
  private final VolumeRules volumes;
  private final GroupRules groups;

  RcdRules(RcdTables tables) {
    this.tables = tables;
    groups = new GroupRules(tables);
    volumes = new VolumeRules(tables, this);
    nodes = new NodeRules(tables, groups, volumes);
  }

  RcdAnswer apply(long index, RcdCommand command) {
    if (command instanceof RcdCommand.JoinNode c) {
      return nodes.join(index, c);
    } else if (command instanceof RcdCommand.Suspect c) {
      return nodes.suspect(index, c);
    } else if (command instanceof RcdCommand.SuspectAcknowledged c) {
      return nodes.acknowledge(index, c);
    } else if (command instanceof RcdCommand.Trust c) {
      return nodes.trust(index, c);
    } else if (command instanceof RcdCommand.Expire c) {
      return nodes.expire(index, c);
    } else if (command instanceof RcdCommand.LeaveNode c) {
      return nodes.leave(index, c);
    } else if (command instanceof RcdCommand.AddDisk c) {
      return nodes.addDisk(index, c);
    } else if (command instanceof RcdCommand.BringDisk c) {
      return nodes.bringDisk(index, c);
    } else if (command instanceof RcdCommand.DiskFailed c) {
      return nodes.diskFailed(index, c);
    } else if (command instanceof RcdCommand.CreatePool c) {
      return volumes.createPool(index, c);
    } else if (command instanceof RcdCommand.CreateVolume c) {
      return volumes.createVolume(index, c, groups);
    } else if (command instanceof RcdCommand.DeleteVolume c) {
      return volumes.deleteVolume(index, c, groups);
    } else if (command instanceof RcdCommand.Attach c) {
      return volumes.attach(index, c);
    } else if (command instanceof RcdCommand.Detach c) {
      return volumes.detach(c);
    } else if (command instanceof RcdCommand.ResynchronisationDone c) {
      return groups.resynchronisationDone(index, c);
    }
    throw new AerieException(ErrorCode.INVALID_VALUE, "unknown command " + command);
  }

  List<GroupRecord> groupsOf(long pool, Redundancy redundancy) {
    return groups.groupsOf(pool, redundancy);
  }

  List<DiskRecord> disksOf(PoolRecord pool) {
    List<DiskRecord> of = new ArrayList<>();
    for (DiskRecord disk : tables.disks.values()) {
      if (disk.pool().equals(pool.name())) {
        of.add(disk);
      }
    }
    return of;
  }

  long capacityBytes(PoolRecord pool) {
    return disksOf(pool).stream().mapToLong(DiskRecord::capacityBytes).sum();
  }

  /** Raw bytes of whole blocks that the pool's volumes may come to take. */
  long reservedBytes(PoolRecord pool) {
    return volumesOf(pool).stream().mapToLong(v -> v.redundancy().rawBytes(v.sizeBytes())).sum();
  }

  /** See {@link PoolRoom#availableBytes}. */
  long availableBytes(PoolRecord pool, Redundancy redundancy) {
    Map<Redundancy, Long> promised = new TreeMap<>();
    for (VolumeRecord volume : volumesOf(pool)) {
      promised.merge(
          volume.redundancy(), volume.redundancy().blocks(volume.sizeBytes()), Long::sum);
    }
    List<GroupRecord> all =
        tables.groups.values().stream().filter(g -> g.pool() == pool.number()).toList();
    return PoolRoom.availableBytes(disksOf(pool), all, promised, redundancy);
  }

  private List<VolumeRecord> volumesOf(PoolRecord pool) {
    return tables.volumes.values().stream().filter(v -> v.pool() == pool.number()).toList();
  }

  static AerieException precondition(String what, String why) {
    return new AerieException(ErrorCode.PRECONDITION_FAILED, what, why, "");
  }

  static AerieException notFound(String kind, Object which) {
    return new AerieException(ErrorCode.NOT_FOUND, "There is no " + kind + " '" + which + "'");
  }

  static DiskRecord disk(RcdTables tables, UUID id) {
    DiskRecord disk = tables.disks.get(id);
    if (disk == null) {
      throw notFound("disk", id);
    }
    return disk;
  }
}
