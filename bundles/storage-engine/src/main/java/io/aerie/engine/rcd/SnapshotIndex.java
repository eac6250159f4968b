package io.aerie.engine.rcd;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;

/** Ways to snapshots, and from them to the volumes that read them. */
final class SnapshotIndex {
  private final TreeMap<UUID, Long> ofId = new TreeMap<>();
  private final SetIndex<Long, Long> ofVolume = new SetIndex<>();

  /** Those that are ready; a layer is frozen once, for one snapshot at most. */
  private final TreeMap<Long, Long> ofLayer = new TreeMap<>();

  private final SetIndex<Long, Long> clones = new SetIndex<>();

  /** A snapshot changed; null stands for none. */
  void snapshot(SnapshotRecord before, SnapshotRecord after) {
    if (before != null) {
      ofId.remove(before.id());
      ofVolume.remove(before.volume(), before.number());
      ofLayer.remove(before.layer());
    }
    if (after != null) {
      ofId.put(after.id(), after.number());
      ofVolume.add(after.volume(), after.number());
      if (after.ready()) {
        ofLayer.put(after.layer(), after.number());
      }
    }
  }

  void volume(VolumeRecord volume, boolean present) {
    if (volume.origin() != 0) {
      clones.put(volume.origin(), volume.number(), present);
    }
  }

  Optional<Long> ofId(UUID id) {
    return Optional.ofNullable(ofId.get(id));
  }

  /** Numbers of a volume's snapshots; live. */
  SortedSet<Long> ofVolume(long volume) {
    return ofVolume.of(volume);
  }

  /** Whether a snapshot names the layer. */
  boolean names(long layer) {
    return ofLayer.containsKey(layer);
  }

  /** Numbers of the volumes that begin as the snapshot; live. */
  SortedSet<Long> clones(long snapshot) {
    return clones.of(snapshot);
  }
}
