package io.aerie.sim;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.SwarKernel;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Sees what no node can: RCD's committed state and every disk's durable content in one instant.
 *
 * <p>Checked at each acknowledgement and at each RCD commit (invariant 2 of the design): every
 * member that RCD has as in sync holds whatever was acknowledged, and at an acknowledgement at
 * least the minimum of members does (rf2 1, rf3 2; counted here on its own, not by the core's
 * rule). Why values can be compared by size: each page has one writer at a time, whose values grow,
 * and an owner numbers none of an attachment that ended after one of its successor. Also that no
 * disk is resynchronised in two groups at once (invariant 5). Disks that were hurt are not asked.
 */
final class Oracle {
  private final Cluster cluster;
  private final Consumer<String> onViolation;

  /** The last acknowledged value of a page, by volume and page. */
  private final Map<Long, TreeMap<Long, Long>> acknowledged = new TreeMap<>();

  /** Epochs of groups as last looked at. */
  private final Map<Long, Long> epochs = new HashMap<>();

  private final Map<Long, List<Long>> groupsOfVolume = new HashMap<>();
  private boolean violated;

  Oracle(Cluster cluster, Consumer<String> onViolation) {
    this.cluster = cluster;
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
    if (record.redundancy().striped()) {
      checkRow(record, group, page, value);
      return;
    }
    int holding = 0;
    for (UUID disk : group.members()) {
      OptionalLong held = held(disk, record, group, page);
      holding += held.isEmpty() || held.getAsLong() >= value ? 1 : 0;
    }
    if (holding < record.redundancy().memberCount() - 1) {
      violation(
          String.format(
              "page %d of volume %d: %x is acknowledged, and on %d disks only",
              page, volume, value, holding));
    }
    checkPage(record, group, page, value);
  }

  /** The last acknowledged value of a page; 0 when there is none. */
  long lastAcknowledged(long volume, long page) {
    return acknowledged.getOrDefault(volume, new TreeMap<>()).getOrDefault(page, 0L);
  }

  /** RCD committed a command. */
  void committed(RcdState rcd) {
    if (violated) {
      return;
    }
    boolean changed = false;
    Map<UUID, Long> rebuilding = new HashMap<>();
    for (GroupRecord group : rcd.groups().values()) {
      Long before = epochs.put(group.number(), group.epoch());
      changed |= before == null || before != group.epoch();
      if (!group.frozen() && group.inSync().size() < minimum(group.redundancy())) {
        violation("not frozen, with fewer in sync than the minimum: " + group);
      }
      for (UUID disk : group.rebuilding()) {
        if (rebuilding.put(disk, group.number()) != null) {
          violation("disk " + disk + " is resynchronised in two groups at once");
        }
      }
    }
    if (changed) {
      acknowledged.forEach(
          (volume, pages) -> {
            VolumeRecord record = rcd.volume(volume).orElseThrow();
            pages.forEach((page, v) -> checkPage(record, group(rcd, record, page), page, v));
          });
    }
  }

  private static int minimum(Redundancy redundancy) {
    if (redundancy.striped() && redundancy.parityCount() > 1) {
      return redundancy.dataCount() + 1;
    }
    return redundancy.striped() ? redundancy.dataCount() : redundancy.memberCount() - 1;
  }

  /** One is enough: most that follow are its consequences. */
  private void violation(String what) {
    violated = true;
    onViolation.accept(what);
  }

  private void checkPage(VolumeRecord volume, GroupRecord group, long page, long value) {
    if (volume.redundancy().striped()) {
      checkRow(volume, group, page, value);
      return;
    }
    for (UUID disk : group.inSync()) {
      OptionalLong held = held(disk, volume, group, page);
      if (held.isPresent() && held.getAsLong() < value && !violated) {
        violation(
            String.format(
                "page %d of volume %d: %s is in sync in group %d and holds %x, acknowledged is %x",
                page, volume.number(), disk, group.number(), held.getAsLong(), value));
      }
    }
  }

  /**
   * What the members in sync make of a page of a stripe: what its own member holds or, when that
   * one is away, what the code brings back of the others. That is known for sure only while they
   * all hold the same prefix: else an entry on its way is on some of them.
   */
  private void checkRow(VolumeRecord volume, GroupRecord group, long page, long value) {
    ErasureScheme scheme = volume.redundancy().scheme();
    int stripe = Stripes.block(volume, page).index();
    int wanted = Stripes.fragment(volume, page);
    ByteBuffer[] words = new ByteBuffer[scheme.fragmentCount()];
    int present = 0;
    TreeSet<String> prefixes = new TreeSet<>();
    for (int i = 0; i < words.length; i++) {
      words[i] = ByteBuffer.allocate(ErasureCode.GRAIN_BYTES);
      UUID disk = Stripes.member(group, stripe, i);
      OptionalLong held = held(disk, volume, group, page);
      if (held.isPresent() && group.inSync().contains(disk)) {
        words[i].putLong(0, held.getAsLong());
        present |= 1 << i;
        prefixes.add(disk(disk).last(new StreamKey(volume.number(), group.number())));
      }
    }
    if ((present & 1 << wanted) == 0) {
      if (Integer.bitCount(present) < scheme.dataCount() || prefixes.size() > 1) {
        return;
      }
      new ErasureCode(scheme, new SwarKernel()).reconstruct(words, present, 1 << wanted);
    }
    if (words[wanted].getLong(0) < value && !violated) {
      violation(
          String.format(
              "page %d of volume %d: group %d has %x by members %s, acknowledged is %x",
              page,
              volume.number(),
              group.number(),
              words[wanted].getLong(0),
              Integer.toBinaryString(present),
              value));
    }
  }

  private GroupRecord group(RcdState rcd, VolumeRecord volume, long page) {
    List<Long> groups =
        groupsOfVolume.computeIfAbsent(
            volume.number(),
            v ->
                rcd.groupsOf(volume.pool(), volume.redundancy()).stream()
                    .map(GroupRecord::number)
                    .toList());
    int block = Stripes.block(volume, page).index();
    int index = Placement.group(volume.live().seed(), block, groups.size());
    return rcd.groups().get(groups.get(index));
  }

  private SimulatedDisk disk(UUID id) {
    return cluster.disk(cluster.nodeOf(id), id);
  }

  private OptionalLong held(UUID disk, VolumeRecord volume, GroupRecord group, long page) {
    return cluster.lost(disk)
        ? OptionalLong.empty()
        : disk(disk)
            .held(
                new StreamKey(volume.number(), group.number()),
                Stripes.block(volume, page),
                Stripes.row(volume, page));
  }
}
