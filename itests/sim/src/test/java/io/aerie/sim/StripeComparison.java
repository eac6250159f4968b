package io.aerie.sim;

import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.StreamKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Compares the fragments of all stripes of a stream, in all layers. */
public final class StripeComparison {
  private final Cluster cluster;
  private final GroupRecord group;
  private final StreamKey key;
  private final TreeMap<BlockKey, Map<UUID, BlockImage>> stripes = new TreeMap<>();
  private int open;

  /** Nothing is compared yet. */
  public StripeComparison(Cluster cluster, GroupRecord group, StreamKey key) {
    this.cluster = cluster;
    this.group = group;
    this.key = key;
  }

  /**
   * Adds what is wrong to the cluster's violations.
   *
   * @param scrubbed whether nothing may be damaged any more; else a group is left out of which a
   *     disk was hurt, as is one of which a member is not in sync
   */
  public void run(boolean scrubbed) {
    if (!group.inSync().containsAll(group.members())) {
      return;
    }
    for (SimulatedDisk disk : cluster.disks().toList()) {
      if (group.members().contains(disk.id())) {
        if (disk.hurt() && !scrubbed) {
          return;
        }
        read(disk);
      }
    }
    for (int i = 0; i < 200 && open > 0; i++) {
      cluster.world().run(20 * World.MILLISECOND);
    }
    if (open > 0) {
      cluster.violations().add("a disk does not answer");
    }
    stripes.forEach(this::check);
  }

  private void read(SimulatedDisk disk) {
    for (BlockVersion version : disk.opened().inventory(key)) {
      open++;
      disk.opened()
          .readBlock(
              version.block(),
              (image, failure) -> {
                open--;
                if (failure != null) {
                  cluster.violations().add("a fragment can't be read: " + failure);
                  return;
                }
                stripes
                    .computeIfAbsent(version.block(), b -> new HashMap<>())
                    .put(disk.id(), image.orElseThrow());
              });
    }
  }

  private void check(BlockKey stripe, Map<UUID, BlockImage> images) {
    VolumeRecord volume = cluster.volume(key.volume());
    Optional<VolumeRecord.Layer> layer = volume.layer(stripe.layer());
    if (layer.isEmpty()) {
      cluster.violations().add(stripe + " is of a layer that is gone");
      return;
    }
    boolean wholeRows = volume.origin() != 0 || layer.get().parent() != 0;
    new StripeCheck(group, stripe, images, wholeRows)
        .violation()
        .ifPresent(cluster.violations()::add);
  }
}
