package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.PoolRoom;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.Topology;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.admin.Protection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** What a pool has promised, and what it could promise. */
final class PoolSums {
  private PoolSums() {}

  /** What is promised to a pool's volumes, by protection. */
  static Map<Redundancy, Long> promisedBlocks(long pool, Map<GroupClass, Long> blocksOfClass) {
    Map<Redundancy, Long> promised = new HashMap<>();
    blocksOfClass.forEach(
        (groupClass, blocks) -> {
          if (groupClass.pool() == pool) {
            promised.put(groupClass.redundancy(), blocks);
          }
        });
    return promised;
  }

  /**
   * Raw bytes of what is promised.
   *
   * @param members how many of a protection's members count
   */
  static long bytes(Map<Redundancy, Long> promisedBlocks, ToIntFunction<Redundancy> members) {
    long blocks = 0;
    for (Map.Entry<Redundancy, Long> of : promisedBlocks.entrySet()) {
      blocks += of.getValue() * members.applyAsInt(of.getKey());
    }
    return blocks * Geometry.BLOCK_BYTES;
  }

  static SortedMap<String, Long> availableBytes(
      List<DiskRecord> disks,
      Topology topology,
      List<GroupRecord> groups,
      Map<Redundancy, Long> promisedBlocks) {
    TreeMap<String, Long> available = new TreeMap<>();
    for (Protection each : Protection.COMMON) {
      available.put(
          each.toString(),
          PoolRoom.availableBytes(disks, topology, groups, promisedBlocks, Views.redundancy(each)));
    }
    return Collections.unmodifiableSortedMap(available);
  }
}
