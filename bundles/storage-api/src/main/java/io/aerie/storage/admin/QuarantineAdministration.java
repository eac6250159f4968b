package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.QuarantineView;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What disks hold of volumes that nobody knows. It is kept until somebody says that it may go. */
public interface QuarantineAdministration {
  /** By volume, as nodes last told it, some seconds ago at most while they are up. */
  List<QuarantineView> quarantine();

  /**
   * Gives up what disks hold of a volume that is not known, also on disks that are away, when they
   * are back. NOT_FOUND (no node told of it), IN_USE (the volume is known).
   *
   * @param volume its number
   */
  CompletableFuture<QuarantineView> forgetQuarantined(String volume, boolean dryRun);
}
