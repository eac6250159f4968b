package io.aerie.ardfs.host;

import io.aerie.ardfs.admin.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.node.StorageNode;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.BlockVolumes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The volumes through one life of the engine; the next life registers its own. */
final class EngineVolumes implements BlockVolumes {
  private final LoopCalls calls;
  private final StorageNode node;
  private final RcdReplica replica;

  EngineVolumes(LoopCalls calls, StorageNode node, RcdReplica replica) {
    this.calls = calls;
    this.node = node;
    this.replica = replica;
  }

  @Override
  public List<VolumeView> volumes() {
    return replica.read(Views::volumes);
  }

  @Override
  public CompletableFuture<BlockVolume> open(String name, String client) {
    Optional<Long> number = replica.read(rcd -> rcd.volume(name).map(VolumeRecord::number));
    if (number.isEmpty()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "There is no volume '" + name + "'"));
    }
    return calls
        .<VolumeClient>call(done -> node.open(number.get(), client, done))
        .thenApply(volume -> new EngineVolume(calls, volume));
  }
}
