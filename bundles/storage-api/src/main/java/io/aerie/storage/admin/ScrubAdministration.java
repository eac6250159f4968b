package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.ScrubView;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Scrubs: looking at all that disks hold, and repairing it. */
public interface ScrubAdministration {
  /** Those that go on, and the last that ended. */
  List<ScrubView> scrubs();

  /**
   * Has all blocks of a pool, of a volume, or of everything looked at, slowly, beside the clients.
   * A volume is wanted by one scrub at most: the new one takes it over. NOT_FOUND.
   *
   * @param nameOrId of the pool or volume; not looked at for all
   */
  CompletableFuture<ScrubView> startScrub(Scope scope, String nameOrId, boolean dryRun);

  /**
   * Holds a scrub, lets it go on or ends it. NOT_FOUND, PRECONDITION_FAILED (it is over; revision
   * given and stale).
   */
  CompletableFuture<ScrubView> controlScrub(
      String id, Control control, OptionalLong expectedRevision, boolean dryRun);

  /** Of what. */
  enum Scope {
    ALL,
    POOL,
    VOLUME
  }

  /** What is to become of a scrub. */
  enum Control {
    PAUSE,
    RESUME,
    CANCEL
  }
}
