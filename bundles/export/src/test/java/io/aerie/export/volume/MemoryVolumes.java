package io.aerie.export.volume;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.admin.VolumeLimits;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.block.Extent;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Volumes in memory, with the contract's semantics. Fault model: operations can be held back until
 * {@link #release}, which carries them out in any order the test wants; reads and writes that touch
 * a bad offset fail; {@link #end} ends this life of storage as a swap does: volumes fail with
 * FENCED, the data stay in the {@link VolumeContent}s, which another life can take over.
 */
public final class MemoryVolumes implements BlockVolumes {
  private final Map<String, VolumeContent> disks;
  private final List<Held> held = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();
  private boolean holding;
  private boolean ended;
  private RuntimeException openFailure;
  private int openCount;

  public MemoryVolumes(Map<String, VolumeContent> disks) {
    this.disks = new ConcurrentHashMap<>(disks);
  }

  private record Held(Open volume, Runnable work, CompletableFuture<?> result) {}

  @Override
  public List<VolumeView> volumes() {
    return disks.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            entry ->
                new VolumeView(
                    entry.getValue().id(),
                    entry.getKey(),
                    "default",
                    entry.getValue().sizeBytes(),
                    "rf3",
                    "healthy",
                    new NodeId("n1"),
                    1,
                    3 * entry.getValue().sizeBytes(),
                    0,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    VolumeLimits.NONE,
                    Optional.empty(),
                    1))
        .toList();
  }

  @Override
  public CompletableFuture<VolumeView> find(String name) {
    return volumes().stream()
        .filter(view -> view.name().equals(name))
        .findFirst()
        .map(CompletableFuture::completedFuture)
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new AerieException(ErrorCode.NOT_FOUND, "There is no volume " + name)));
  }

  @Override
  public synchronized CompletableFuture<BlockVolume> open(
      String name, String client, Optional<Nexus> nexus, ReservationListener listener) {
    openCount++;
    if (openFailure != null) {
      return CompletableFuture.failedFuture(openFailure);
    }
    VolumeContent disk = disks.get(name);
    if (disk == null) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "There is no volume " + name));
    }
    Open volume = new Open(disk, nexus, listener);
    open.add(volume);
    return CompletableFuture.completedFuture(volume);
  }

  /** Lets all further opens fail; null lets them succeed again. */
  public synchronized void failOpens(RuntimeException failure) {
    openFailure = failure;
  }

  /** Calls of open so far. */
  public synchronized int openCount() {
    return openCount;
  }

  /** Volumes that are open now. */
  public synchronized int openNowCount() {
    return open.size();
  }

  /** From now on operations are kept until they are released. */
  public synchronized void hold() {
    holding = true;
  }

  /** Operations kept now. */
  public synchronized int heldCount() {
    return held.size();
  }

  /** Carries out one kept operation. */
  public void release(int index) {
    Held one;
    synchronized (this) {
      one = held.remove(index);
    }
    one.work.run();
  }

  /** Carries out all that is kept, and further ones at once. */
  public void releaseAll() {
    List<Held> all;
    synchronized (this) {
      holding = false;
      all = List.copyOf(held);
      held.clear();
    }
    all.forEach(one -> one.work.run());
  }

  /** This life of storage is over: open volumes fail, kept operations never happen. */
  public void end() {
    List<Open> all;
    synchronized (this) {
      ended = true;
      all = List.copyOf(open);
    }
    all.forEach(Open::close);
  }

  private synchronized List<Open> openNow(VolumeContent disk) {
    return open.stream().filter(one -> one.disk == disk).toList();
  }

  private final class Open implements BlockVolume {
    private final VolumeContent disk;
    private final Optional<Nexus> nexus;
    private final ReservationListener listener;
    private volatile boolean closed;

    Open(VolumeContent disk, Optional<Nexus> nexus, ReservationListener listener) {
      this.disk = disk;
      this.nexus = nexus;
      this.listener = listener;
    }

    @Override
    public long sizeBytes() {
      return disk.sizeBytes();
    }

    @Override
    public CompletableFuture<ByteBuffer> read(long offset, int length) {
      return run(
          () -> {
            disk.check(nexus, Access.READS);
            return disk.read(offset, length);
          });
    }

    @Override
    public CompletableFuture<List<Extent>> extents(long offset, long length) {
      return run(
          () -> {
            disk.check(nexus, Access.READS);
            return disk.extents(offset, length);
          });
    }

    @Override
    public CompletableFuture<Void> write(long offset, ByteBuffer data) {
      return run(
          () -> {
            disk.check(nexus, Access.WRITES);
            disk.write(offset, data);
            return null;
          });
    }

    @Override
    public CompletableFuture<Void> zero(long offset, long length) {
      return run(
          () -> {
            disk.check(nexus, Access.WRITES);
            disk.zero(offset, length);
            return null;
          });
    }

    @Override
    public CompletableFuture<Integer> compareAndWrite(
        long offset, ByteBuffer expected, ByteBuffer data) {
      return run(
          () -> {
            disk.check(nexus, Access.WRITES);
            int difference = disk.read(offset, expected.remaining()).mismatch(expected);
            if (difference < 0) {
              disk.write(offset, data);
            }
            return difference;
          });
    }

    @Override
    public CompletableFuture<Verdict> changeReservation(ReservationRequest request) {
      return run(
          () -> {
            ReservationOutcome outcome = disk.change(request);
            for (Open one : openNow(disk)) {
              one.nexus.ifPresent(of -> one.tell(outcome, of));
            }
            return outcome.verdict();
          });
    }

    private void tell(ReservationOutcome outcome, Nexus of) {
      if (outcome.aborted().contains(of)) {
        close();
        listener.aborted();
      } else if (outcome.attentions().containsKey(of)) {
        listener.attention(outcome.attentions().get(of));
      }
    }

    @Override
    public CompletableFuture<ReservationState> reservation() {
      return run(disk::reservations);
    }

    @Override
    public boolean excluded(Access access) {
      return disk.excludes(nexus, access);
    }

    @Override
    public long abortMark() {
      return disk.abortCount();
    }

    private <T> CompletableFuture<T> run(Supplier<T> operation) {
      CompletableFuture<T> result = new CompletableFuture<>();
      Runnable work =
          () -> {
            try {
              result.complete(operation.get());
            } catch (AerieException e) {
              result.completeExceptionally(e);
            }
          };
      synchronized (MemoryVolumes.this) {
        if (closed || ended) {
          return CompletableFuture.failedFuture(fenced());
        }
        if (holding) {
          held.add(new Held(this, work, result));
          return result;
        }
      }
      work.run();
      return result;
    }

    private AerieException fenced() {
      return new AerieException(ErrorCode.FENCED, "The attachment ended");
    }

    @Override
    public void close() {
      List<Held> mine;
      synchronized (MemoryVolumes.this) {
        closed = true;
        open.remove(this);
        mine = held.stream().filter(one -> one.volume == this).toList();
        held.removeAll(mine);
      }
      nexus.ifPresent(disk::detached);
      mine.forEach(one -> one.result.completeExceptionally(fenced()));
    }
  }
}
