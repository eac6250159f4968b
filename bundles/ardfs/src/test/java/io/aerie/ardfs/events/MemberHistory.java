package io.aerie.ardfs.events;

import io.aerie.engine.rcd.BalancePolicy;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** Random commands about disks that fail and members that move, as nodes and RCD's leader send them. */
final class MemberHistory {
  /** Longer than any lease. */
  private static final long AGE_NANOS = 3_000_000_000L;

  private static final RcdCommand NOTHING = new RcdCommand.Detach(1);

  private MemberHistory() {}

  static RcdCommand next(RcdState rcd, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> failed(List.copyOf(rcd.disks().values()), rcd, random);
      case 1 -> expired(rcd, random);
      case 2 -> alone(rcd);
      case 3 -> emptied(rcd);
      default -> balance(rcd, random);
    };
  }

  private static RcdCommand failed(List<DiskRecord> disks, RcdState rcd, Random random) {
    if (disks.isEmpty()) {
      return NOTHING;
    }
    DiskRecord disk = disks.get(random.nextInt(disks.size()));
    return new RcdCommand.DiskFailed(
        disk.id(), disk.node(), rcd.lastIncarnation(disk.node()), disk.generation());
  }

  /** Of a node that is suspected: what another voter says, or the end. */
  private static RcdCommand expired(RcdState rcd, Random random) {
    List<NodeRecord> nodes = List.copyOf(rcd.nodes().values());
    return nodes.stream()
        .filter(node -> node.state() == NodeState.SUSPECT)
        .findFirst()
        .map(
            node ->
                random.nextInt(3) == 0
                    ? new RcdCommand.Expire(node.id(), node.incarnation(), node.suspicion())
                    : new RcdCommand.SuspectAcknowledged(
                        nodes.get(random.nextInt(nodes.size())).id(),
                        node.id(),
                        node.incarnation(),
                        node.suspicion(),
                        AGE_NANOS))
        .orElse(NOTHING);
  }

  private static RcdCommand alone(RcdState rcd) {
    TreeMap<Long, Long> frozen = new TreeMap<>();
    rcd.groups().values().stream()
        .filter(GroupRecord::frozen)
        .forEach(group -> frozen.put(group.number(), group.epoch()));
    return frozen.isEmpty() ? NOTHING : new RcdCommand.GoOnAlone(frozen);
  }

  private static RcdCommand emptied(RcdState rcd) {
    for (GroupRecord group : rcd.groups().values()) {
      for (UUID disk : group.former()) {
        long generation = rcd.disk(disk).map(DiskRecord::generation).orElse(0L);
        return new RcdCommand.GroupEmptied(disk, generation, group.number(), group.epoch());
      }
    }
    return NOTHING;
  }

  private static RcdCommand balance(RcdState rcd, Random random) {
    List<UUID> pools = rcd.pools().values().stream().map(pool -> pool.id()).toList();
    if (pools.isEmpty()) {
      return NOTHING;
    }
    UUID pool = pools.get(random.nextInt(pools.size()));
    BalancePolicy[] policies = BalancePolicy.values();
    return random.nextInt(4) == 0
        ? new RcdCommand.AssignBalance(pool, policies[random.nextInt(policies.length)])
        : new RcdCommand.RebalancePool(pool, random.nextInt(5) == 0);
  }
}
