package io.aerie.storage.block;

import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Opens volumes on this node, wherever their owner is. */
public interface BlockVolumes {
  /** Volumes that exist now. */
  List<VolumeView> volumes();

  /**
   * Opens a volume for a client. Each call is an attachment of its own. Fails with {@link
   * io.aerie.base.AerieException} NOT_FOUND.
   *
   * @param client who, for lists and logs: {@code nbd 127.0.0.1:40212}
   */
  CompletableFuture<BlockVolume> open(String name, String client);
}
