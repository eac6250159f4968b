package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.ExtentsView;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What snapshots have, and how they differ, for who copies them elsewhere. */
public interface ExtentAdministration {
  /** At most so many extents of one answer. */
  int EXTENTS_MAX = 10_000;

  /**
   * The parts of a snapshot that may have data or, compared with another snapshot of the same
   * volume, those that are not the same in both. Grain is 64 KiB: what is not told reads as zeroes
   * or, compared, is the same. NOT_FOUND, CONFLICT (a snapshot is not ready), INVALID_VALUE
   * (offset, limit), UNAVAILABLE, TIMED_OUT.
   *
   * @param since name or id of the snapshot that it is compared with, before or after it
   * @param offset where to begin, in bytes
   * @param limit of extents, 1 to {@link #EXTENTS_MAX}
   */
  CompletableFuture<ExtentsView> extents(
      String volume, String snapshot, Optional<String> since, long offset, int limit);
}
