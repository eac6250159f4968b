package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Leads each command to the rules that it belongs to, and answers what several of them ask. */
final class RcdRules {
  private final RcdTables tables;
  private final NodeRules nodes;
  private final DepartureRules departures;
  private final VolumeRules volumes;
  private final GroupRules groups;
  private final TopologyRules topology;
  private final Replacements replacements;
  private final Balancing balancing;
  private final BalanceRules balances;
  private final DutyRules duties;
  private final LayerRules layers;
  private final SizeRules sizes;
  private final LimitRules limits;
  private final ScrubRules scrubs;
  private final ReservationLedger reservations;
  private final ConversionRules conversions;
  private final RecoveryRules recoveries;

  RcdRules(RcdTables tables) {
    this.tables = tables;
    replacements = new Replacements(tables);
    balancing = new Balancing(tables, replacements);
    groups = new GroupRules(tables, replacements, balancing);
    balances = new BalanceRules(tables, replacements, balancing, groups);
    scrubs = new ScrubRules(tables);
    reservations = new ReservationLedger(tables);
    volumes = new VolumeRules(tables, this);
    conversions = new ConversionRules(tables, volumes, scrubs);
    layers = new LayerRules(tables, this, volumes, conversions);
    sizes = new SizeRules(tables, volumes, layers, conversions);
    limits = new LimitRules(tables, volumes);
    nodes = new NodeRules(tables, groups, volumes);
    departures = new DepartureRules(tables);
    recoveries = new RecoveryRules(tables, nodes, groups, conversions);
    topology = new TopologyRules(tables);
    duties = new DutyRules(tables, replacements, groups);
  }

  /** See {@link GroupRules#rebuildable}. */
  List<GroupRecord> rebuildable() {
    return groups.rebuildable();
  }

  /** See {@link RecoveryRules#refusal}. */
  Optional<AerieException> refusalToAccept(GroupRecord group, UUID disk) {
    return recoveries.refusal(group, disk);
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
    } else if (command instanceof RcdCommand.RetireNode c) {
      return departures.retire(index, c);
    } else if (command instanceof RcdCommand.EndVote c) {
      return departures.endVote(index, c);
    } else if (command instanceof RcdCommand.ForgetNode c) {
      return departures.forget(index, c);
    } else if (command instanceof RcdCommand.AddDisk c) {
      return nodes.addDisk(index, c);
    } else if (command instanceof RcdCommand.BringDisk c) {
      return nodes.bringDisk(index, c);
    } else if (command instanceof RcdCommand.DiskFailed c) {
      return nodes.diskFailed(index, c);
    } else if (command instanceof RcdCommand.GoOnAlone c) {
      return nodes.goOnAlone(index, c);
    } else if (command instanceof RcdCommand.AcceptStale c) {
      return recoveries.accept(index, c);
    } else if (command instanceof RcdCommand.CreatePool c) {
      return volumes.createPool(index, c);
    } else if (command instanceof RcdCommand.CreateVolume c) {
      return volumes.createVolume(index, c, groups);
    } else if (command instanceof RcdCommand.DeleteVolume c) {
      VolumeRecord before = volumes.byId(c.id());
      RcdAnswer answer = volumes.deleteVolume(index, c, groups);
      scrubs.deleted(index, answer.number());
      conversions.deleted(index, before, groups);
      return answer;
    } else if (command instanceof RcdCommand.Attach c) {
      return volumes.attach(index, c, conversions.current(c.volume()));
    } else if (command instanceof RcdCommand.Detach c) {
      return volumes.detach(c);
    } else if (command instanceof RcdCommand.LocateNode c) {
      return topology.locate(index, c);
    } else if (command instanceof RcdCommand.SpreadPool c) {
      return topology.spread(index, c);
    } else if (command instanceof RcdCommand.MeasureDisk c) {
      return topology.measure(index, c);
    } else if (command instanceof RcdCommand.AssignDuty c) {
      return duties.assign(index, c);
    } else if (command instanceof RcdCommand.RebalancePool c) {
      return balances.rebalance(index, c);
    } else if (command instanceof RcdCommand.AssignBalance c) {
      return balances.assign(index, c);
    } else if (command instanceof RcdCommand.GroupEmptied c) {
      return groups.emptied(index, c);
    } else if (command instanceof RcdCommand.ResynchronisationDone c) {
      return groups.resynchronisationDone(index, c);
    } else if (command instanceof RcdCommand.ScrubCommand c) {
      return scrubs.apply(index, c);
    } else if (command instanceof RcdCommand.ReservationCommand c) {
      return reservations.apply(index, c);
    }
    return applyToLayers(index, command);
  }

  private RcdAnswer applyToLayers(long index, RcdCommand command) {
    if (command instanceof RcdCommand.CreateSnapshot c) {
      return layers.create(index, c);
    } else if (command instanceof RcdCommand.Freeze c) {
      return layers.freeze(index, c, groups);
    } else if (command instanceof RcdCommand.DeleteSnapshot c) {
      return layers.delete(index, c);
    } else if (command instanceof RcdCommand.LayerDone c) {
      return layers.layerDone(index, c);
    } else if (command instanceof RcdCommand.RevertVolume c) {
      return layers.revert(index, c, groups);
    } else if (command instanceof RcdCommand.CloneSnapshot c) {
      return layers.clone(index, c, groups);
    } else if (command instanceof RcdCommand.ResizeVolume c) {
      return sizes.resize(index, c, groups);
    } else if (command instanceof RcdCommand.Discarded c) {
      return sizes.discarded(index, c);
    } else if (command instanceof RcdCommand.ConvertVolume c) {
      return conversions.convert(index, c);
    } else if (command instanceof RcdCommand.CancelConversion c) {
      return conversions.cancel(index, c);
    } else if (command instanceof RcdCommand.ConversionFilled c) {
      return conversions.filled(index, c);
    } else if (command instanceof RcdCommand.ConversionDone c) {
      return conversions.done(index, c, groups);
    } else if (command instanceof RcdCommand.LimitVolume c) {
      return limits.limit(index, c);
    }
    throw new AerieException(ErrorCode.INVALID_VALUE, "unknown command " + command);
  }

  boolean unbalanced(PoolRecord pool) {
    return balancing.unbalanced(pool);
  }

  Optional<VolumeRecord.Layer> layerToFold(VolumeRecord volume) {
    return layers.layerToFold(volume);
  }

  Optional<VolumeRecord> former(VolumeRecord volume) {
    return conversions.former(volume);
  }

  boolean fills(VolumeRecord volume) {
    return conversions.fills(volume);
  }

  List<GroupRecord> groupsOf(long pool, Redundancy redundancy) {
    return groups.groupsOf(pool, redundancy);
  }

  List<DiskRecord> disksOf(PoolRecord pool) {
    List<DiskRecord> of = new ArrayList<>();
    tables.index().disksOfPool.of(pool.name()).forEach(disk -> of.add(tables.disks.get(disk)));
    return of;
  }

  /** Those that groups are made of. */
  List<DiskRecord> servingDisksOf(PoolRecord pool) {
    return disksOf(pool).stream().filter(disk -> disk.duty() == DiskDuty.SERVING).toList();
  }

  Topology topology(PoolRecord pool) {
    return new Topology(tables.nodes, pool.spread());
  }

  long capacityBytes(PoolRecord pool) {
    return tables.index().capacityBytes(pool.name());
  }

  /** Raw bytes of whole blocks that the pool's volumes may come to take. */
  long reservedBytes(PoolRecord pool) {
    long blocks = 0;
    for (var promised : tables.index().promisedBlocks(pool.number()).entrySet()) {
      blocks += promised.getValue() * promised.getKey().memberCount();
    }
    return blocks * Geometry.BLOCK_BYTES;
  }

  /** See {@link PoolRoom#availableBytes}. */
  long availableBytes(PoolRecord pool, Redundancy redundancy) {
    RcdIndex index = tables.index();
    SortedMap<Redundancy, Integer> groupCounts = index.groupCounts(pool.number());
    SortedMap<Redundancy, Long> promised = index.promisedBlocks(pool.number());
    if (groupCounts.containsKey(redundancy)) {
      return PoolRoom.availableBytes(index.shares(pool.name()), groupCounts, promised, redundancy);
    }
    TreeMap<UUID, DiskShare> shares = new TreeMap<>();
    List<DiskRecord> disks = disksOf(pool);
    disks.forEach(disk -> shares.put(disk.id(), index.share(disk.id())));
    return PoolRoom.availableBytes(
        disks, topology(pool), shares, groupCounts, promised, redundancy);
  }

  /** Refuses what would promise more than the pool's disks hold. */
  void requireRoom(PoolRecord pool, Redundancy redundancy, long bytes, String what) {
    long available = availableBytes(pool, redundancy);
    if (bytes > available) {
      throw new AerieException(
          ErrorCode.CAPACITY_EXCEEDED,
          what + " of " + new ByteSize(bytes) + " does not fit into the pool",
          "With "
              + redundancy
              + " "
              + new ByteSize(available)
              + " more fit on the disks of its groups, of "
              + new ByteSize(capacityBytes(pool))
              + " raw with "
              + new ByteSize(reservedBytes(pool))
              + " promised.",
          "Make it smaller, or delete volumes or snapshots.");
    }
  }

  static AerieException precondition(String what, String why) {
    return new AerieException(ErrorCode.PRECONDITION_FAILED, what, why, "");
  }

  static AerieException notFound(String kind, Object which) {
    return new AerieException(ErrorCode.NOT_FOUND, "There is no " + kind + " '" + which + "'");
  }

  static PoolRecord pool(RcdTables tables, UUID id) {
    return tables.pools.values().stream()
        .filter(pool -> pool.id().equals(id))
        .findFirst()
        .orElseThrow(() -> notFound("pool", id));
  }

  static DiskRecord disk(RcdTables tables, UUID id) {
    DiskRecord disk = tables.disks.get(id);
    if (disk == null || disk.removed()) {
      throw notFound("disk", id);
    }
    return disk;
  }
}
