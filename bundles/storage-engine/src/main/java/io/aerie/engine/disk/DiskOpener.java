package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Opens a disk: superblock, table, log, then the raised generation, durable, and only then the
 * engine. A disk that is refused stays as it is.
 */
final class DiskOpener {
  private static final int TABLE_CHUNK_PAGES = 256;

  private final BlockDevice device;
  private final PageBuffers buffers;
  private final Executor loop;
  private final UUID cluster;
  private final long directBytesMin;
  private final Completion<DiskEngine> done;

  private Superblock superblock;
  private DiskState state;
  private ChecksumCache checksums;
  private RecordApplier applier;

  /** Where a batch begins whose data is not in its slots: the log ends there. */
  private long stopLsn = Long.MAX_VALUE;

  DiskOpener(
      BlockDevice device,
      PageBuffers buffers,
      Executor loop,
      UUID cluster,
      long directBytesMin,
      Completion<DiskEngine> done) {
    this.device = device;
    this.buffers = buffers;
    this.loop = loop;
    this.cluster = cluster;
    this.directBytesMin = directBytesMin;
    this.done = done;
  }

  void open() {
    new DiskInspector(device, buffers)
        .superblock(
            (found, error) -> {
              AerieException refusal = error == null ? refusal(found) : null;
              if (error != null || refusal != null) {
                done.accept(null, error != null ? error : refusal);
              } else {
                superblock = found;
                begin();
              }
            });
  }

  private AerieException refusal(Superblock found) {
    if (!found.identity().cluster().equals(cluster)) {
      return new AerieException(
          ErrorCode.CONFLICT,
          "Disk " + found.identity().disk() + " belongs to another cluster",
          "It is of cluster " + found.identity().cluster() + ".",
          "Return it there, or wipe it and add it as a new disk.");
    }
    if (device.capacityBytes() < found.layout().capacityBytes()) {
      return new AerieException(
          ErrorCode.INVALID_SIZE,
          "Disk " + found.identity().disk() + " has shrunk",
          "It had "
              + found.layout().capacityBytes()
              + " bytes when it was formatted, now "
              + device.capacityBytes()
              + ".",
          "Give it its former size.");
    }
    return null;
  }

  private void begin() {
    checksums = new ChecksumCache(device, superblock.layout(), buffers);
    state = new DiskState(superblock.layout(), checksums::forget);
    // What the area not in use holds is unknown: a checkpoint may have died in it.
    state.table.markAllDirty(1 - superblock.tableInUse());
    loadTable(0);
  }

  private void loadTable(int fromPage) {
    int pages = Math.min(TABLE_CHUNK_PAGES, superblock.layout().tablePages() - fromPage);
    if (pages == 0) {
      replay();
      return;
    }
    ByteBuffer chunk = buffers.acquire(pages * Geometry.PAGE_BYTES);
    device.read(
        superblock.layout().tablePageOffset(superblock.tableInUse(), fromPage),
        chunk,
        (nothing, error) -> {
          Throwable failure = error;
          if (error == null) {
            chunk.clear();
            failure =
                attempt(
                    () -> {
                      for (int i = 0; i < pages; i++) {
                        state.table.decodePage(fromPage + i, chunk, i * Geometry.PAGE_BYTES, state);
                      }
                    });
          }
          buffers.release(chunk);
          if (failure != null) {
            done.accept(null, failure);
          } else {
            loadTable(fromPage + pages);
          }
        });
  }

  private void replay() {
    Throwable failure = attempt(state::loaded);
    if (failure != null) {
      done.accept(null, failure);
      return;
    }
    applier = new RecordApplier(state, superblock.checkpointLsn());
    new LogReplay(device, buffers, superblock, stopLsn, applier, this::replayed).start();
  }

  private void replayed(LogReplay.End end, Throwable error) {
    if (error != null) {
      done.accept(null, asDamage(error));
    } else if (applier.lastBatchLsn() < end.durableLsn() || applier.unproven().isEmpty()) {
      complete(end);
    } else {
      new DirectTransfer(device, superblock.layout(), buffers)
          .verify(applier.unproven(), (whole, failure) -> verified(end, whole, failure));
    }
  }

  /**
   * A batch whose data is not in its slots is torn as if its records were: nobody was told of it.
   * All is read again without it, and it is made unreadable, or data that is written there later
   * could complete it.
   */
  private void verified(LogReplay.End end, boolean whole, Throwable error) {
    if (error != null) {
      done.accept(null, error);
    } else if (whole) {
      complete(end);
    } else {
      stopLsn = applier.lastBatchLsn();
      begin();
    }
  }

  private void complete(LogReplay.End end) {
    Throwable failure = attempt(applier::finish);
    if (failure != null) {
      done.accept(null, failure);
    } else if (stopLsn == Long.MAX_VALUE) {
      raise(end);
    } else {
      ByteBuffer zeroes = buffers.acquire(Geometry.PAGE_BYTES);
      Superblock.zero(zeroes);
      device.write(
          superblock.layout().ringPosition(stopLsn),
          zeroes,
          (nothing, error) -> {
            buffers.release(zeroes);
            if (error != null) {
              done.accept(null, error);
            } else {
              raise(end);
            }
          });
    }
  }

  /** The flush of the raised generation also makes durable whatever was found beyond one. */
  private void raise(LogReplay.End end) {
    Superblock raised = superblock.withGeneration(superblock.identity().generation() + 1);
    SuperblockStore superblocks = new SuperblockStore(device, buffers, superblock);
    superblocks.write(
        raised,
        (nothing, writeError) -> {
          if (writeError != null) {
            done.accept(null, writeError);
          } else {
            done.accept(
                new DiskEngine(
                    device, buffers, loop, state, checksums, superblocks, end, directBytesMin),
                null);
          }
        });
  }

  /** What can't be so when all checksums are right is damage of a kind that they do not see. */
  private static Throwable attempt(Runnable action) {
    try {
      action.run();
      return null;
    } catch (AerieException | IllegalStateException e) {
      return asDamage(e);
    }
  }

  private static Throwable asDamage(Throwable error) {
    return error instanceof IllegalStateException
        ? new AerieException(
            ErrorCode.CORRUPT,
            "The disk contradicts itself",
            error.getMessage(),
            "The disk is stale: format it again and let its content be rebuilt.",
            error)
        : error;
  }
}
