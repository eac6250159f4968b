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

/**
 * Random commands about disks that fail and members that move, as nodes and RCD's leader send them.
 */
final class MemberHistory {
  /** Longer than any lease. */
  private static final long AGE_NANOS = 3_000_000_000L;

  private static final RcdCommand NOTHING = new RcdCommand.Detach(1);

  private MemberHistory() {}

  static RcdCommand next(RcdState rcd, Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> failed(List.copyOf(rcd.disks().values()), rcd, random);
      case 1, 2, 3 -> expired(rcd, random);
      case 4 -> alone(rcd);
      case 5 -> emptied(rcd);
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

  /** Of a node that is suspected: that one voter more answers it no longer, or the end. */
  private static RcdCommand expired(RcdState rcd, Random random) {
    NodeRecord suspect =
        rcd.nodes().values().stream()
            .filter(node -> node.state() == NodeState.SUSPECT)
            .findFirst()
            .orElse(null);
    if (suspect == null) {
      return NOTHING;
    }
    List<NodeRecord> answering =
        rcd.nodes().values().stream()
            .filter(node -> !suspect.acknowledgements().containsKey(node.id()))
            .toList();
    return answering.size() < suspect.acknowledgements().size()
        ? new RcdCommand.Expire(suspect.id(), suspect.incarnation(), suspect.suspicion())
        : new RcdCommand.SuspectAcknowledged(
            answering.get(random.nextInt(answering.size())).id(),
            suspect.id(),
            suspect.incarnation(),
            suspect.suspicion(),
            AGE_NANOS);
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
      for (UUID former : group.former()) {
        DiskRecord disk = rcd.disk(former).filter(DiskRecord::up).orElse(null);
        if (disk != null) {
          return new RcdCommand.GroupEmptied(
              former, disk.generation(), group.number(), group.epoch());
        }
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
