package io.aerie.ardfs.host;

import io.aerie.ardfs.admin.ClusterStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.engine.disk.DiskInspection;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.store.DiskIdentity;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Adds disks of this node: looks first what lies on them, and takes no data of others by accident.
 */
public final class DiskAdding implements ClusterStorage.DiskAdder {
  private final EngineHost host;
  private final RcdReplica replica;
  private final Executor worker;

  /** The worker may wait for disks and RCD. */
  public DiskAdding(EngineHost host, RcdReplica replica, Executor worker) {
    this.host = host;
    this.replica = replica;
    this.worker = worker;
  }

  @Override
  public CompletableFuture<Outcome<DiskView>> add(
      String path, String pool, boolean force, boolean dryRun) {
    return CompletableFuture.supplyAsync(() -> addNow(path, pool, force, dryRun), worker);
  }

  private Outcome<DiskView> addNow(String path, String pool, boolean force, boolean dryRun) {
    NodeLife life = host.life().orElseThrow(EngineHost::notServing);
    if (path == null || !Path.of(path).isAbsolute()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + path + "' is not a path of a disk",
          "A disk is named by the absolute path of its device or file.",
          "");
    }
    try {
      checkUnknown(path);
      check(path, life.inspect(path), force);
      if (dryRun) {
        return new Outcome<>(
            null,
            true,
            0,
            0,
            List.of(path + " would be formatted and added to pool " + pool + "."));
      }
      UUID id = life.addDisk(path, pool);
      DiskView view = replica.list(storage -> storage.disk(id)).orElseThrow();
      return new Outcome<>(
          view,
          false,
          view.capacityBytes(),
          0,
          List.of(
              path
                  + " was formatted; its "
                  + new ByteSize(view.capacityBytes())
                  + " belong to pool "
                  + pool
                  + "."));
    } catch (ExecutionException e) {
      throw Causes.of(e) instanceof AerieException refusal
          ? refusal
          : new AerieException(
              ErrorCode.IO_ERROR,
              path + " could not be added",
              String.valueOf(Causes.of(e)),
              "",
              e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AerieException(ErrorCode.UNAVAILABLE, "Storage on this node stops", "", "", e);
    }
  }

  private void checkUnknown(String path) {
    boolean known =
        replica.read(
            state ->
                state.disks().values().stream()
                    .filter(d -> !d.removed())
                    .anyMatch(d -> d.node().equals(host.self()) && d.path().equals(path)));
    if (known) {
      throw new AerieException(ErrorCode.ALREADY_EXISTS, path + " belongs to the cluster already");
    }
  }

  private void check(String path, DiskInspection found, boolean force) {
    if (force || found.content() == DiskInspection.Content.EMPTY) {
      return;
    }
    UUID disk = found.identity().map(DiskIdentity::disk).orElse(null);
    boolean abandoned =
        found.identity().filter(id -> id.cluster().equals(host.cluster())).isPresent()
            && replica.read(state -> state.disk(disk).map(DiskRecord::removed).orElse(true));
    if (abandoned) {
      // Removed, so that all is elsewhere; or the node died before RCD learnt of what it formatted.
      return;
    }
    throw new AerieException(
        ErrorCode.DISK_NOT_EMPTY,
        path + " is not empty",
        disk == null
            ? "Its first or last MiB is not zero."
            : "It is disk " + disk + " of an Aerie cluster.",
        "Add it with force to destroy what is on it.");
  }
}
