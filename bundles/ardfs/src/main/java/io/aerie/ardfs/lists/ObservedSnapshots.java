package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Snapshots, and how many volumes read each; kept change by change. */
final class ObservedSnapshots {
  private final NavigableMap<Long, SnapshotRecord> snapshots = new TreeMap<>();
  private final Map<Long, NavigableSet<Long>> ofVolume = new HashMap<>();
  private final Map<Long, Integer> clones = new HashMap<>();

  /** What a conversion reads is no snapshot of anybody's. */
  void put(SnapshotRecord snapshot) {
    if (snapshot.name().startsWith(VolumeRecord.FORMER)) {
      return;
    }
    snapshots.put(snapshot.number(), snapshot);
    ofVolume.computeIfAbsent(snapshot.volume(), none -> new TreeSet<>()).add(snapshot.number());
  }

  void remove(long number) {
    SnapshotRecord old = snapshots.remove(number);
    if (old != null) {
      NavigableSet<Long> siblings = ofVolume.get(old.volume());
      siblings.remove(number);
      if (siblings.isEmpty()) {
        ofVolume.remove(old.volume());
      }
    }
  }

  /** A volume came or went. */
  void count(VolumeRecord volume, int sign) {
    if (volume.origin() != 0) {
      clones.merge(volume.origin(), sign, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  Collection<SnapshotRecord> all() {
    return Collections.unmodifiableCollection(snapshots.values());
  }

  Optional<SnapshotRecord> get(long number) {
    return Optional.ofNullable(snapshots.get(number));
  }

  /** Numbers of a volume's snapshots. */
  NavigableSet<Long> of(long volume) {
    return ofVolume.getOrDefault(volume, Collections.emptyNavigableSet());
  }

  int cloneCount(long snapshot) {
    return clones.getOrDefault(snapshot, 0);
  }

  /** Frozen layers of a volume that no snapshot names. */
  int foldingLayers(VolumeRecord volume) {
    int named = 0;
    for (long number : of(volume.number())) {
      named += snapshots.get(number).ready() ? 1 : 0;
    }
    return volume.layers().size() - 1 - named;
  }
}
