package io.aerie.sim;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.code.ErasureScheme;
import io.aerie.engine.code.SwarKernel;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
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
    if (record.redundancy().striped()) {
      checkPage(rcd, record, page, value);
      return;
    }
    GroupRecord group = group(rcd, record, page);
    int holding = 0;
    for (UUID disk : group.members()) {
      OptionalLong held = held(disk, record, group, page);
      if (held.isEmpty()) {
        return;
      }
      holding += held.getAsLong() >= value ? 1 : 0;
    }
    if (holding < record.redundancy().memberCount() - 1) {
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
      if (!group.frozen() && group.inSync().size() < minimum(group.redundancy())) {
        onViolation.accept("not frozen, with fewer in sync than the minimum: " + group);
      }
    }
    acknowledged.forEach(
        (volume, pages) ->
            pages.forEach(
                (page, value) -> checkPage(rcd, rcd.volume(volume).orElseThrow(), page, value)));
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

  private void checkPage(RcdState rcd, VolumeRecord volume, long page, long value) {
    GroupRecord group = group(rcd, volume, page);
    if (volume.redundancy().striped()) {
      checkRow(volume, group, page, value);
      return;
    }
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
    if (words[wanted].getLong(0) < value) {
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

  private SimulatedDisk disk(UUID id) {
    for (SimulatedNode node : nodes) {
      for (SimulatedDisk disk : node.disks) {
        if (disk.id().equals(id)) {
          return disk;
        }
      }
    }
    throw new IllegalStateException("no disk " + id);
  }

  private static GroupRecord group(RcdState rcd, VolumeRecord volume, long page) {
    return Stripes.group(rcd, volume, Stripes.block(volume, page));
  }

  private OptionalLong held(UUID disk, VolumeRecord volume, GroupRecord group, long page) {
    return disk(disk)
        .held(
            new StreamKey(volume.number(), group.number()),
            Stripes.block(volume, page),
            Stripes.row(volume, page));
  }
}
