package io.aerie.config.copies;

import io.aerie.config.copies.CopyDisks.Copy;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import io.aerie.config.transfer.ConfigTransfer.Progress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Brings ConfigDB back from the copies on the storage disks, after all its replicas were lost. */
public interface ConfigRebuild {
  /**
   * Asks all nodes for their copies, takes the newest that is whole, and restores it in steps. When
   * it fails on the way, ConfigDB stays marked as being restored until it is run again. Fails with
   * NOT_FOUND (no copy), UNAVAILABLE (a node or a disk that may have a newer one can't be asked),
   * CONFLICT (ConfigDB isn't empty, or something else is being restored), CORRUPT (no copy can be
   * opened).
   *
   * @param progress told after each step, from any thread
   */
  CompletableFuture<Outcome> rebuild(Wish wish, Consumer<Progress> progress);

  /**
   * What is wanted.
   *
   * @param dryRun look and judge, change nothing
   * @param force also over a ConfigDB that isn't empty: what the copy lacks is deleted
   * @param withoutMissing also when nodes or disks can't be asked
   * @param discard restore nothing: this ConfigDB is the one to keep copies of from now on
   */
  record Wish(boolean dryRun, boolean force, boolean withoutMissing, boolean discard) {}

  /**
   * A copy that was found.
   *
   * @param node that has it
   * @param chosen whether it is the one that is restored
   * @param same whether it is of the ConfigDB that there is now
   */
  record Found(String node, UUID disk, String path, Copy copy, boolean chosen, boolean same) {}

  /**
   * What was found and done.
   *
   * @param copies all, the newest first
   * @param missing nodes and disks that could not be asked, or have no room for copies, and why
   * @param restored the copy that was taken; empty after a discard
   * @param documents that the copy holds
   * @param unchanged documents that were there already, as they are in the copy or newer
   * @param changes by path
   * @param notInCopy what copies never hold, with the number that there were
   * @param revision of ConfigDB afterwards
   */
  record Outcome(
      boolean dryRun,
      List<Found> copies,
      List<String> missing,
      Optional<Found> restored,
      int documents,
      int unchanged,
      List<Planned> changes,
      List<String> notInCopy,
      long revision) {
    public Outcome {
      copies = List.copyOf(copies);
      missing = List.copyOf(missing);
      changes = List.copyOf(changes);
      notInCopy = List.copyOf(notInCopy);
    }
  }
}
