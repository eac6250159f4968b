package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.LocateNode;
import io.aerie.engine.rcd.RcdCommand.MeasureDisk;
import io.aerie.engine.rcd.RcdCommand.SpreadPool;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What is known of nodes' places and disks' speed, and over what pools spread their groups. */
final class TopologyRules {
  /** Of a disk that is a thousand times slower or faster than its peers, more need not be known. */
  private static final int SPEED_PERCENT_MAX = 100_000;

  private final RcdTables tables;

  TopologyRules(RcdTables tables) {
    this.tables = tables;
  }

  /** Refused when a group would then have two members in one domain. */
  RcdAnswer locate(long index, LocateNode command) {
    NodeRecord node = tables.nodes.get(command.node());
    if (node == null) {
      throw RcdRules.notFound("node", command.node());
    }
    if (!command.rack().isEmpty()) {
      Names.check("rack", command.rack());
    }
    if (!command.site().isEmpty()) {
      Names.check("site", command.site());
    }
    NodeRecord located = node.located(command.rack(), command.site(), index);
    for (UUID disk : tables.index().disksOfNode.of(node.id())) {
      for (long group : tables.index().groupsOfDisk.of(disk)) {
        GroupRecord of = tables.groups.get(group);
        check(of, new Topology(nodesOf(of, located), tables.pools.get(of.pool()).spread()));
      }
    }
    if (!node.rack().equals(command.rack()) || !node.site().equals(command.site())) {
      tables.change(new RcdChange.Node(located));
    }
    return RcdAnswer.done(0);
  }

  /** The nodes of a group's disks, one of them as it is to be. */
  private Map<NodeId, NodeRecord> nodesOf(GroupRecord group, NodeRecord located) {
    TreeMap<NodeId, NodeRecord> of = new TreeMap<>();
    for (UUID member : group.disks()) {
      NodeId node = tables.disks.get(member).node();
      of.put(node, node.equals(located.id()) ? located : tables.nodes.get(node));
    }
    return of;
  }

  /** Refused when a group that there is has two members in one domain of that level. */
  RcdAnswer spread(long index, SpreadPool command) {
    PoolRecord pool = RcdRules.pool(tables, command.pool());
    Topology topology = new Topology(tables.nodes, command.level());
    for (Redundancy redundancy : tables.index().groupCounts(pool.number()).keySet()) {
      GroupClass of = new GroupClass(pool.number(), redundancy);
      for (long group : tables.index().groupsOfClass.of(of)) {
        check(tables.groups.get(group), topology);
      }
    }
    if (pool.spread() != command.level()) {
      tables.change(new RcdChange.Pool(pool.spreadOver(command.level(), index)));
    }
    return RcdAnswer.done(pool.number());
  }

  /** As it is, and as it will be when its successor is a member. */
  private void check(GroupRecord group, Topology topology) {
    check(group, group.members(), topology);
    check(group, group.membersAfter(), topology);
  }

  private void check(GroupRecord group, List<UUID> members, Topology topology) {
    Collection<String> used = new TreeSet<>();
    for (UUID member : members) {
      String domain = topology.domain(tables.disks.get(member));
      if (!used.add(domain)) {
        throw new AerieException(
            ErrorCode.PROTECTION_IMPOSSIBLE,
            "Volumes that there are would not be spread over different "
                + topology.level().name().toLowerCase(Locale.ROOT)
                + "s",
            "Group " + group.number() + " would have two members in " + domain + ".",
            "");
      }
    }
  }

  RcdAnswer measure(long index, MeasureDisk command) {
    DiskRecord disk = RcdRules.disk(tables, command.disk());
    if (command.speedPercent() < 1 || command.speedPercent() > SPEED_PERCENT_MAX) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          command.speedPercent() + " % is not a speed",
          "It is told in percent of what the disk's peers do, from 1 to 100000.",
          "");
    }
    if (disk.speedPercent() != command.speedPercent()) {
      tables.change(new RcdChange.Disk(disk.measured(command.speedPercent(), index)));
    }
    return RcdAnswer.done(0);
  }
}
