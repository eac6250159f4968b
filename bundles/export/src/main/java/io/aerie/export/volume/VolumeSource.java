package io.aerie.export.volume;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the exports get their volumes from. Storage may go away and come back (its bundle is
 * swapped): whoever asks meanwhile waits, at most {@link #parkTime}, and open volumes attach again
 * by themselves.
 *
 * <pre>
 *              set(s)                        unset(s)
 *   AWAY ------------------> PRESENT(s) ------------------> AWAY
 *    |  waiters get s           |  open, list at once         volumes attached through s let go
 *    |  or UNAVAILABLE after    |                             and wait for the next set
 *    |  parkTime                |
 * </pre>
 */
public final class VolumeSource {
  /** Exports park I/O at most this long while storage is away: a pause for clients, no error. */
  public static final Duration PARK_TIME = Duration.ofSeconds(5);

  /**
   * Pause between two attempts to open at a storage service that is registered and still says
   * UNAVAILABLE. Short against the park time, long against the cost of an attempt.
   */
  private static final long REOPEN_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final Logger LOG = LoggerFactory.getLogger(VolumeSource.class);

  private final ScheduledExecutorService timer;
  private final Duration parkTime;
  private final Set<ExportedVolume> open = ConcurrentHashMap.newKeySet();
  private BlockVolumes present;
  private CompletableFuture<BlockVolumes> arrival = new CompletableFuture<>();

  /**
   * @param timer runs time limits; its tasks are short
   * @param parkTime how long to wait for storage, {@link #PARK_TIME} but in tests
   */
  public VolumeSource(ScheduledExecutorService timer, Duration parkTime) {
    this.timer = timer;
    this.parkTime = parkTime;
  }

  /** Storage is there. Replaces another that may be known. */
  public void set(BlockVolumes volumes) {
    CompletableFuture<BlockVolumes> waiters;
    BlockVolumes former;
    synchronized (this) {
      former = present;
      present = volumes;
      waiters = arrival;
      arrival = CompletableFuture.completedFuture(volumes);
    }
    waiters.complete(volumes);
    if (former != null && former != volumes) {
      letGo(former);
    }
  }

  /** Storage goes away; ignored when another has taken its place already. */
  public void unset(BlockVolumes volumes) {
    synchronized (this) {
      if (present != volumes) {
        return;
      }
      present = null;
      arrival = new CompletableFuture<>();
    }
    letGo(volumes);
  }

  private void letGo(BlockVolumes former) {
    for (ExportedVolume volume : open) {
      volume.serviceGone(former);
    }
  }

  synchronized boolean isPresent(BlockVolumes volumes) {
    return present == volumes;
  }

  /** All volumes, when storage is there; UNAVAILABLE after the park time. */
  public CompletableFuture<List<VolumeView>> volumes() {
    return service(deadlineNs()).thenApply(BlockVolumes::volumes);
  }

  /** A volume, as {@link BlockVolumes#find} knows it; UNAVAILABLE after the park time. */
  public CompletableFuture<VolumeView> find(String name) {
    return service(deadlineNs()).thenCompose(service -> service.find(name));
  }

  /** A volume as listed at this moment; null when it, or storage, is not there. */
  public VolumeView viewNow(String name) {
    BlockVolumes service;
    synchronized (this) {
      service = present;
    }
    return service == null ? null : find(service, name).orElse(null);
  }

  private static Optional<VolumeView> find(BlockVolumes service, String name) {
    return service.volumes().stream().filter(view -> view.name().equals(name)).findFirst();
  }

  /**
   * Opens a volume for a client. Fails as {@link BlockVolumes#open} does, or with UNAVAILABLE after
   * the park time.
   */
  public CompletableFuture<ExportedVolume> open(String name, String client) {
    return open(name, client, Optional.empty(), ReservationListener.NONE);
  }

  /** The same for an initiator, as {@link BlockVolumes#open} has it. */
  public CompletableFuture<ExportedVolume> open(
      String name, String client, Optional<Nexus> nexus, ReservationListener listener) {
    ExportedVolume volume =
        new ExportedVolume(this, timer, parkTime, name, new Opener(client, nexus, listener));
    open.add(volume);
    return volume
        .start()
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                open.remove(volume);
              }
            });
  }

  void closed(ExportedVolume volume) {
    open.remove(volume);
  }

  /** Opens through the present storage or the one that comes before the park time is over. */
  CompletableFuture<Attachment> attach(String name, Opener opener) {
    CompletableFuture<Attachment> result = new CompletableFuture<>();
    attach(name, opener, deadlineNs(), result);
    return result;
  }

  private void attach(
      String name, Opener opener, long deadlineNs, CompletableFuture<Attachment> result) {
    CompletableFuture<Attachment> unused =
        service(deadlineNs)
            .thenCompose(service -> open(service, name, opener))
            .whenComplete(
                (attachment, failure) -> {
                  long leftNs = deadlineNs - System.nanoTime();
                  if (failure != null && passing(failure) && leftNs > REOPEN_PAUSE_NS) {
                    ScheduledFuture<?> unusedRetry =
                        timer.schedule(
                            () -> attach(name, opener, deadlineNs, result),
                            REOPEN_PAUSE_NS,
                            TimeUnit.NANOSECONDS);
                  } else {
                    settle(result, attachment, failure);
                  }
                });
  }

  private static CompletableFuture<Attachment> open(
      BlockVolumes service, String name, Opener opener) {
    return service
        .open(name, opener.client(), opener.nexus(), opener.listener())
        .thenApply(
            volume ->
                new Attachment(service, volume, idOf(service, name), name, new AtomicBoolean()));
  }

  /** True when storage says of itself that it is not ready yet, or ended under the call. */
  private static boolean passing(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.UNAVAILABLE, ErrorCode.FENCED);
  }

  private static String idOf(BlockVolumes service, String name) {
    return find(service, name).map(VolumeView::id).orElse("");
  }

  private long deadlineNs() {
    return System.nanoTime() + parkTime.toNanos();
  }

  private CompletableFuture<BlockVolumes> service(long deadlineNs) {
    CompletableFuture<BlockVolumes> waiting;
    synchronized (this) {
      waiting = arrival.copy();
    }
    limit(
        timer,
        waiting,
        deadlineNs - System.nanoTime(),
        () ->
            new AerieException(
                ErrorCode.UNAVAILABLE,
                "Storage is not available on this node",
                "The storage subsystem did not come back within " + parkTime.toMillis() + " ms.",
                ""));
    return waiting;
  }

  /** Fails a future when it is not complete in time; the timer holds nothing after completion. */
  static void limit(
      ScheduledExecutorService timer,
      CompletableFuture<?> future,
      long delayNs,
      Supplier<? extends Exception> failure) {
    if (future.isDone()) {
      return;
    }
    ScheduledFuture<?> alarm =
        timer.schedule(
            () -> future.completeExceptionally(failure.get()), delayNs, TimeUnit.NANOSECONDS);
    CompletableFuture<?> unused =
        future.whenComplete((result, error) -> alarm.cancel(/* mayInterruptIfRunning= */ false));
  }

  static <T> void settle(CompletableFuture<T> future, T result, Throwable failure) {
    if (failure == null) {
      future.complete(result);
    } else {
      future.completeExceptionally(Causes.of(failure));
    }
  }

  /** Who opens a volume, through whatever life of storage. */
  record Opener(String client, Optional<Nexus> nexus, ReservationListener listener) {}

  /**
   * A volume as opened through one life of storage.
   *
   * @param service that life
   * @param volume the open volume
   * @param id of the volume; empty when storage didn't list it at that moment
   * @param name of the volume, for messages
   * @param ended set by the first close
   */
  record Attachment(
      BlockVolumes service, BlockVolume volume, String id, String name, AtomicBoolean ended) {
    /** Closes; a failure to do so is of no consequence to the caller, but to the administrator. */
    void close() {
      if (!ended.compareAndSet(/* expectedValue= */ false, /* newValue= */ true)) {
        return;
      }
      try {
        volume.close();
      } catch (RuntimeException e) {
        LOG.warn("Volume {} was not closed cleanly", name, e);
      }
    }
  }
}
