package io.aerie.ardfs.lists;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The objects that a command may have changed in somebody's eyes; sorted, so that all nodes tell
 * alike.
 */
public final class Touched {
  public final Set<NodeId> nodes = new TreeSet<>();
  public final Set<UUID> disks = new TreeSet<>();
  public final Set<Long> pools = new TreeSet<>();
  public final Set<Long> volumes = new TreeSet<>();
  public final Set<Long> snapshots = new TreeSet<>();
  public final Set<Long> scrubs = new TreeSet<>();
  public final Set<UUID> jobs = new TreeSet<>();

  /** Their groups' health may be another. */
  public final Set<GroupClass> classes = new TreeSet<>();

  void add(SnapshotRecord snapshot) {
    snapshots.add(snapshot.number());
    volumes.add(snapshot.volume());
  }

  void add(VolumeRecord volume) {
    volumes.add(volume.number());
    if (volume.origin() != 0) {
      snapshots.add(volume.origin());
    }
    pools.add(volume.pool());
    volume.owner().ifPresent(nodes::add);
  }
}
