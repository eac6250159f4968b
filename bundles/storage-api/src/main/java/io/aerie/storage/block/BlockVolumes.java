package io.aerie.storage.block;

import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Opens volumes on this node, wherever their owner is. */
public interface BlockVolumes {
  /** Volumes that exist now. */
  List<VolumeView> volumes();

  /**
   * The volume of a name as of now: also one that was made through another node the moment before.
   * Fails with {@link io.aerie.base.AerieException} NOT_FOUND, or UNAVAILABLE or TIMED_OUT when
   * this node does not know it and can't learn whether the others do.
   */
  CompletableFuture<VolumeView> find(String name);

  /**
   * Opens a volume for a client. Each call is an attachment of its own. Fails with {@link
   * io.aerie.base.AerieException} NOT_FOUND.
   *
   * @param client who, for lists and logs: {@code nbd 127.0.0.1:40212}
   */
  default CompletableFuture<BlockVolume> open(String name, String client) {
    return open(name, client, Optional.empty(), ReservationListener.NONE);
  }

  /**
   * The same for an initiator.
   *
   * @param nexus as reservations know it; empty for a client that is none
   * @param listener told what others' reservations do to it
   */
  CompletableFuture<BlockVolume> open(
      String name, String client, Optional<Nexus> nexus, ReservationListener listener);
}
