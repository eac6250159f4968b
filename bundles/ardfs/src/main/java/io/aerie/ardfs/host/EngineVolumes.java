package io.aerie.ardfs.host;

import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.node.StorageNode;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The volumes through one life of the engine; the next life registers its own. */
final class EngineVolumes implements BlockVolumes {
  private final LoopCalls calls;
  private final StorageNode node;
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final TrafficCounters traffic;

  EngineVolumes(
      LoopCalls calls,
      StorageNode node,
      RcdReplica replica,
      RcdClient rcd,
      TrafficCounters traffic) {
    this.calls = calls;
    this.node = node;
    this.replica = replica;
    this.rcd = rcd;
    this.traffic = traffic;
  }

  @Override
  public List<VolumeView> volumes() {
    return replica.list(ObservedStorage::volumes);
  }

  /** What is here is found without asking anybody; the log tells whether a miss is one. */
  @Override
  public CompletableFuture<VolumeView> find(String name) {
    return rcd.look(replica, storage -> storage.volume(name))
        .thenApply(view -> view.orElseThrow(() -> none(name)));
  }

  private static AerieException none(String name) {
    return new AerieException(ErrorCode.NOT_FOUND, "There is no volume '" + name + "'");
  }

  @Override
  public CompletableFuture<BlockVolume> open(
      String name, String client, Optional<Nexus> nexus, ReservationListener listener) {
    return rcd.use(
        replica,
        storage -> storage.volume(name).map(VolumeView::id),
        () -> none(name),
        id -> openById(id, client, nexus, listener));
  }

  private CompletableFuture<BlockVolume> openById(
      String id, String client, Optional<Nexus> nexus, ReservationListener listener) {
    return replica
        .read(state -> state.volume(id))
        .map(
            record ->
                calls
                    .<VolumeClient>call(
                        done -> node.open(record.number(), client, nexus, listener, done))
                    .<BlockVolume>thenApply(
                        volume ->
                            new EngineVolume(
                                calls, replica, volume, traffic.of(id), nexus.orElse(null))))
        .orElseGet(() -> CompletableFuture.failedFuture(none(id)));
  }
}
