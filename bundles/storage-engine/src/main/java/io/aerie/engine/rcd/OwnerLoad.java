package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Nodes that may own volumes, by how many they own; and those of them that have disks of a pool.
 */
final class OwnerLoad {
  private record Load(int owned, NodeId node) implements Comparable<Load> {
    @Override
    public int compareTo(Load other) {
      int byOwned = Integer.compare(owned, other.owned);
      return byOwned != 0 ? byOwned : node.compareTo(other.node);
    }
  }

  private final TreeSet<NodeId> up = new TreeSet<>();
  private final TreeMap<NodeId, Integer> owned = new TreeMap<>();

  /** Disks that are up, by node and pool. */
  private final TreeMap<NodeId, TreeMap<String, Integer>> disks = new TreeMap<>();

  private final SetIndex<String, NodeId> withUpDisk = new SetIndex<>();
  private final TreeSet<Load> all = new TreeSet<>();
  private final SetIndex<String, Load> ofPool = new SetIndex<>();

  /** Of those with a disk of the pool that is up, else of all, who owns least; then by name. */
  Optional<NodeId> least(String pool) {
    if (!ofPool.of(pool).isEmpty()) {
      return Optional.of(ofPool.of(pool).first().node());
    }
    return all.isEmpty() ? Optional.empty() : Optional.of(all.first().node());
  }

  /** Nodes with a disk of the pool that is up. */
  SortedSet<NodeId> withUpDisk(String pool) {
    return withUpDisk.of(pool);
  }

  void node(NodeId node, boolean isUp) {
    change(
        node,
        () -> {
          if (isUp) {
            up.add(node);
          } else {
            up.remove(node);
          }
        });
  }

  void volumes(NodeId node, int more) {
    change(node, () -> add(owned, node, more));
  }

  void upDisks(NodeId node, String pool, int more) {
    change(
        node,
        () -> {
          TreeMap<String, Integer> of = disks.computeIfAbsent(node, n -> new TreeMap<>());
          add(of, pool, more);
          withUpDisk.put(pool, node, of.containsKey(pool));
          if (of.isEmpty()) {
            disks.remove(node);
          }
        });
  }

  private static <K> void add(Map<K, Integer> counts, K key, int more) {
    counts.merge(key, more, (before, by) -> before + by == 0 ? null : before + by);
  }

  private void change(NodeId node, Runnable what) {
    place(node, false);
    what.run();
    place(node, true);
  }

  private void place(NodeId node, boolean present) {
    if (!up.contains(node)) {
      return;
    }
    Load load = new Load(owned.getOrDefault(node, 0), node);
    if (present) {
      all.add(load);
    } else {
      all.remove(load);
    }
    for (String pool : disks.getOrDefault(node, new TreeMap<>()).keySet()) {
      ofPool.put(pool, load, present);
    }
  }
}
