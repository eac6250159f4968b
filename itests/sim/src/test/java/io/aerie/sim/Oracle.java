package io.aerie.sim;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Sees what no node can: RCD's committed state and every disk's durable content in one instant.
 *
 * <p>Checked at each acknowledgement and at each RCD commit (invariant 2 of the design): every
 * member that RCD has as in sync holds whatever was acknowledged, and at an acknowledgement at
 * least the minimum of members does (rf2 1, rf3 2; counted here on its own, not by the core's
 * rule). Why values can be compared by size: each page has one writer at a time, whose values grow,
 * and an owner numbers none of an attachment that ended after one of its successor.
 */
final class Oracle {
  private final List<SimulatedNode> nodes;
  private final Consumer<String> onViolation;

  /** The last acknowledged value of a page, by volume and page. */
  private final Map<Long, TreeMap<Long, Long>> acknowledged = new TreeMap<>();

  private boolean violated;

  Oracle(List<SimulatedNode> nodes, Consumer<String> onViolation) {
    this.nodes = nodes;
    this.onViolation = onViolation;
  }

  /** A client has its answer. */
  void acknowledged(RcdState rcd, long volume, long page, long value) {
    if (violated) {
      return;
    }
    acknowledged.computeIfAbsent(volume, v -> new TreeMap<>()).merge(page, value, Math::max);
    VolumeRecord record = rcd.volume(volume).orElseThrow();
    GroupRecord group = group(rcd, record, page);
    int holding = 0;
    for (UUID disk : group.members()) {
      OptionalLong held = held(disk, record, group, page);
      if (held.isEmpty()) {
        return;
      }
      holding += held.getAsLong() >= value ? 1 : 0;
    }
    if (holding < record.copies() - 1) {
      violation(
          String.format(
              "page %d of volume %d: %x is acknowledged, and on %d disks only",
              page, volume, value, holding));
    }
    checkPage(rcd, record, page, value);
  }

  /** RCD committed a command. */
  void committed(RcdState rcd) {
    if (violated) {
      return;
    }
    for (GroupRecord group : rcd.groups().values()) {
      if (!group.frozen() && group.inSync().size() < group.copies() - 1) {
        onViolation.accept("not frozen, with fewer in sync than the minimum: " + group);
      }
    }
    acknowledged.forEach(
        (volume, pages) ->
            pages.forEach(
                (page, value) -> checkPage(rcd, rcd.volume(volume).orElseThrow(), page, value)));
  }

  /** One is enough: most that follow are its consequences. */
  private void violation(String what) {
    violated = true;
    onViolation.accept(what);
  }

  private void checkPage(RcdState rcd, VolumeRecord volume, long page, long value) {
    GroupRecord group = group(rcd, volume, page);
    for (UUID disk : group.inSync()) {
      OptionalLong held = held(disk, volume, group, page);
      if (held.isPresent() && held.getAsLong() < value) {
        violation(
            String.format(
                "page %d of volume %d: %s is in sync in group %d and holds %x, acknowledged is %x",
                page, volume.number(), disk, group.number(), held.getAsLong(), value));
      }
    }
  }

  private static GroupRecord group(RcdState rcd, VolumeRecord volume, long page) {
    List<GroupRecord> groups = new ArrayList<>(rcd.groupsOf(volume.pool(), volume.copies()));
    int block = (int) (page / Geometry.PAGES_PER_BLOCK);
    return groups.get(Placement.group(volume.live().seed(), block, groups.size()));
  }

  private OptionalLong held(UUID disk, VolumeRecord volume, GroupRecord group, long page) {
    for (SimulatedNode node : nodes) {
      for (SimulatedDisk of : node.disks) {
        if (of.id().equals(disk)) {
          return of.held(
              new StreamKey(volume.number(), group.number()),
              new BlockKey(volume.live().number(), (int) (page / Geometry.PAGES_PER_BLOCK)),
              (int) (page % Geometry.PAGES_PER_BLOCK));
        }
      }
    }
    throw new IllegalStateException("no disk " + disk);
  }
}
