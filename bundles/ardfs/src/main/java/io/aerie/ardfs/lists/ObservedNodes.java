package io.aerie.ardfs.lists;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.storage.admin.StorageViews.NodeView;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Nodes with what lists count of them: disks by their duty, and volumes that they own. */
final class ObservedNodes {
  private final NavigableMap<NodeId, NodeRecord> nodes = new TreeMap<>();
  private final Map<NodeId, EnumMap<DiskDuty, Integer>> disks = new HashMap<>();
  private final Map<NodeId, Integer> volumes = new HashMap<>();

  NavigableMap<NodeId, NodeRecord> records() {
    return nodes;
  }

  void put(NodeRecord node) {
    nodes.put(node.id(), node);
  }

  void remove(NodeId node) {
    nodes.remove(node);
  }

  void count(DiskRecord disk, int sign) {
    disks
        .computeIfAbsent(disk.node(), none -> new EnumMap<>(DiskDuty.class))
        .merge(disk.duty(), sign, Integer::sum);
  }

  void countVolume(NodeId owner, int sign) {
    volumes.merge(owner, sign, Integer::sum);
  }

  List<NodeView> all() {
    return nodes.values().stream().map(this::view).toList();
  }

  Optional<NodeView> get(NodeId id) {
    return Optional.ofNullable(nodes.get(id)).map(this::view);
  }

  private NodeView view(NodeRecord node) {
    Map<DiskDuty, Integer> its = disks.getOrDefault(node.id(), new EnumMap<>(DiskDuty.class));
    int total = its.values().stream().mapToInt(count -> count).sum();
    return new NodeView(
        node.id(),
        node.leaving() ? "leaving" : node.state().name().toLowerCase(Locale.ROOT),
        node.incarnation(),
        duty(total, its),
        total,
        volumes.getOrDefault(node.id(), 0),
        Views.known(node.rack()),
        Views.known(node.site()),
        node.revision());
  }

  /** A node is emptied when each of its disks is to be; one that serves may get members. */
  private static String duty(int total, Map<DiskDuty, Integer> its) {
    if (total == 0 || its.getOrDefault(DiskDuty.SERVING, 0) > 0) {
      return Views.word(DiskDuty.SERVING);
    }
    boolean drains = its.getOrDefault(DiskDuty.DRAINING, 0) > 0;
    return Views.word(drains ? DiskDuty.DRAINING : DiskDuty.ABSENT);
  }
}
