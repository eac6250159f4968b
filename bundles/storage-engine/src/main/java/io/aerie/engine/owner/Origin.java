package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.Optional;

/**
 * What a clone was made of, and whom to ask for it.
 *
 * @param owner of the snapshot's volume
 */
record Origin(SnapshotRecord snapshot, NodeId owner) {
  /** Of a clone, while the volume that it was made of has an owner. */
  static Optional<Origin> of(RcdState rcd, VolumeRecord clone) {
    return rcd.snapshot(clone.origin())
        .flatMap(
            snapshot ->
                rcd.volume(snapshot.volume())
                    .flatMap(VolumeRecord::owner)
                    .map(owner -> new Origin(snapshot, owner)));
  }
}
