package io.aerie.engine.owner;

import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What is wrong with a block, by the reports of all its members in sync. They all hold everything
 * that is settled, so the newest version is the right one, and who has another has lost a write
 * that it had acknowledged.
 */
final class Findings {
  /** Members whose whole block is another than it is to be. */
  final Set<UUID> behind = new TreeSet<>();

  final List<Wrong> wrong = new ArrayList<>();

  /** Pages of which nobody can say what they are to be. */
  int hopelessPages;

  /** Reports of those that have the newest version, by disk. */
  private final TreeMap<UUID, BlockReport> newest = new TreeMap<>();

  /** Sorts members by their versions. */
  Findings(Map<UUID, Optional<BlockReport>> reports) {
    Point most = Point.NONE;
    for (Optional<BlockReport> report : reports.values()) {
      Point version = report.map(r -> r.version().version()).orElse(Point.NONE);
      most = version.compareTo(most) > 0 ? version : most;
    }
    for (Map.Entry<UUID, Optional<BlockReport>> report : reports.entrySet()) {
      Optional<BlockReport> of = report.getValue();
      if (of.isPresent() && of.get().version().version().equals(most)) {
        newest.put(report.getKey(), of.get());
      } else if (!most.equals(Point.NONE)) {
        behind.add(report.getKey());
      }
    }
  }

  Map<UUID, BlockReport> newest() {
    return newest;
  }

  /** How many pages are not what they are to be. */
  int pages() {
    return hopelessPages + wrong.stream().mapToInt(Wrong::pageCount).sum();
  }

  boolean none() {
    return behind.isEmpty() && wrong.isEmpty() && hopelessPages == 0;
  }

  /** Notes a page; neighbours become one. Pages of a disk come in their order. */
  void add(UUID disk, int page, Set<UUID> sources) {
    for (int i = wrong.size() - 1; i >= 0; i--) {
      if (wrong.get(i).continuedBy(disk, page, sources)) {
        wrong.set(i, wrong.get(i).longer());
        return;
      }
    }
    wrong.add(new Wrong(disk, page, 1, sources));
  }
}
