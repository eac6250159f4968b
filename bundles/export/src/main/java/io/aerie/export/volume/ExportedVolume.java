package io.aerie.export.volume;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.export.volume.VolumeSource.Attachment;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.block.Extent;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * An open volume that survives a swap of storage. When its storage goes away it closes the
 * attachment, so that nothing of it takes effect later (contract of {@link BlockVolume#close}),
 * attaches again through the next storage, and issues the operations again that had failed by that.
 * An operation that fails for another reason fails at once; so does everything once the volume was
 * fenced while its storage stayed: then somebody else decided, and to attach again would undo it.
 *
 * <p>When another initiator aborts what is under way it is closed at once: no operation of before
 * may be issued through the next storage. Whether that happened while it was attached to none, and
 * nobody could tell it, is seen by {@link BlockVolume#abortMark}.
 *
 * <pre>
 *             serviceGone                  attached
 *   ATTACHED ------------> ATTACHING ------------------> ATTACHED
 *      |  close()              | parkTime over, refused
 *      v                       v
 *    CLOSED               DETACHED --- next operation ---> ATTACHING
 * </pre>
 *
 * <p>Operations in flight and parked are bounded by the connection that issues them.
 */
public final class ExportedVolume implements BlockVolume {
  /**
   * How often an operation is issued: storage that goes away again and again under the same
   * operation is broken, and the client shall hear of it.
   */
  private static final int ATTEMPT_COUNT_MAX = 4;

  /**
   * Storage ends its volumes first and its service right after it, or the other way round. An
   * operation that was fenced waits this part of the park time for its service to go.
   */
  private static final int GRACE_DIVISOR = 5;

  private final VolumeSource source;
  private final ScheduledExecutorService timer;
  private final Duration parkTime;
  private final String name;
  private final VolumeSource.Opener opener;
  private CompletableFuture<Attachment> current;
  private CompletableFuture<Void> swap = new CompletableFuture<>();
  private String id = "";
  private long sizeBytes;
  private long abortMark = -1;
  private boolean closed;

  ExportedVolume(
      VolumeSource source,
      ScheduledExecutorService timer,
      Duration parkTime,
      String name,
      VolumeSource.Opener opener) {
    this.source = source;
    this.timer = timer;
    this.parkTime = parkTime;
    this.name = name;
    ReservationListener told = opener.listener();
    this.opener = new VolumeSource.Opener(opener.client(), opener.nexus(), closingOnAbort(told));
  }

  private ReservationListener closingOnAbort(ReservationListener told) {
    return new ReservationListener() {
      @Override
      public void attention(Attention what) {
        told.attention(what);
      }

      @Override
      public void aborted() {
        // He first: what fails by the closing is aborted already, and gets no answer.
        told.aborted();
        close();
      }
    };
  }

  CompletableFuture<ExportedVolume> start() {
    return attachment().thenApply(attachment -> this);
  }

  /**
   * Size when it was opened last, bytes; what the client was told stays true for its connection.
   */
  @Override
  public synchronized long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public CompletableFuture<ByteBuffer> read(long offset, int length) {
    return run(volume -> volume.read(offset, length), 1);
  }

  @Override
  public CompletableFuture<List<Extent>> extents(long offset, long length) {
    return run(volume -> volume.extents(offset, length), 1);
  }

  @Override
  public CompletableFuture<Void> write(long offset, ByteBuffer data) {
    return run(volume -> volume.write(offset, data), 1);
  }

  @Override
  public CompletableFuture<Void> zero(long offset, long length) {
    return run(volume -> volume.zero(offset, length), 1);
  }

  /** Issued once: it may have happened before its storage went away. */
  @Override
  public CompletableFuture<Integer> compareAndWrite(
      long offset, ByteBuffer expected, ByteBuffer data) {
    return runOnce(volume -> volume.compareAndWrite(offset, expected, data));
  }

  /** Issued once, as a comparison is. */
  @Override
  public CompletableFuture<Verdict> changeReservation(ReservationRequest request) {
    return runOnce(volume -> volume.changeReservation(request));
  }

  @Override
  public CompletableFuture<ReservationState> reservation() {
    return run(BlockVolume::reservation, 1);
  }

  /** While it is attached to nothing nobody is excluded: what moves data waits, and is checked. */
  @Override
  public boolean excluded(Access access) {
    CompletableFuture<Attachment> attached;
    synchronized (this) {
      attached = current;
    }
    return attached != null
        && attached.isDone()
        && !attached.isCompletedExceptionally()
        && attached.join().volume().excluded(access);
  }

  @Override
  public synchronized long abortMark() {
    return abortMark;
  }

  private <T> CompletableFuture<T> runOnce(Function<BlockVolume, CompletableFuture<T>> operation) {
    AtomicBoolean issued = new AtomicBoolean();
    return run(
        volume ->
            issued.getAndSet(/* newValue= */ true)
                ? CompletableFuture.failedFuture(undecided())
                : operation.apply(volume),
        1);
  }

  private AerieException undecided() {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "What was asked of volume " + name + " was done, or was not",
        "Its storage ended meanwhile.",
        "");
  }

  private <T> CompletableFuture<T> run(
      Function<BlockVolume, CompletableFuture<T>> operation, int attempt) {
    CompletableFuture<Attachment> attaching = attachment();
    if (attaching.isDone() && !attaching.isCompletedExceptionally()) {
      return issue(attaching.join(), operation, attempt);
    }
    return attaching.thenCompose(attachment -> issue(attachment, operation, attempt));
  }

  private <T> CompletableFuture<T> issue(
      Attachment attachment, Function<BlockVolume, CompletableFuture<T>> operation, int attempt) {
    CompletableFuture<T> issued;
    try {
      issued = operation.apply(attachment.volume());
    } catch (RuntimeException e) {
      issued = CompletableFuture.failedFuture(e);
    }
    if (issued.isDone() && !issued.isCompletedExceptionally()) {
      return issued;
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<T> unused =
        issued.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                result.complete(value);
              } else {
                recover(attachment, operation, attempt, Causes.of(failure), result);
              }
            });
    return result;
  }

  private <T> void recover(
      Attachment attachment,
      Function<BlockVolume, CompletableFuture<T>> operation,
      int attempt,
      Throwable failure,
      CompletableFuture<T> result) {
    if (attempt >= ATTEMPT_COUNT_MAX || !endsWithService(failure)) {
      result.completeExceptionally(failure);
      return;
    }
    CompletableFuture<Void> gone = swapOf(attachment);
    VolumeSource.limit(timer, gone, parkTime.toNanos() / GRACE_DIVISOR, () -> asException(failure));
    CompletableFuture<T> unused =
        gone.thenCompose(ignored -> run(operation, attempt + 1))
            .whenComplete((value, error) -> VolumeSource.settle(result, value, error));
  }

  private static Exception asException(Throwable failure) {
    return failure instanceof Exception exception ? exception : new IllegalStateException(failure);
  }

  /** Failures that a volume shows when its storage ends; any other one is the operation's own. */
  private static boolean endsWithService(Throwable failure) {
    return failure instanceof IllegalStateException
        || Causes.isRefusal(failure, ErrorCode.FENCED, ErrorCode.UNAVAILABLE);
  }

  /** Complete when that attachment is no longer the present one; fails when the client closed. */
  @SuppressWarnings("ReferenceEquality") // an attachment is this one or another, never its equal
  private synchronized CompletableFuture<Void> swapOf(Attachment attachment) {
    if (closed) {
      return CompletableFuture.failedFuture(fenced("The client's connection ended."));
    }
    boolean isCurrent =
        current.isDone() && !current.isCompletedExceptionally() && current.join() == attachment;
    return isCurrent ? swap.copy() : CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Attachment> attachment() {
    CompletableFuture<Attachment> attaching;
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(fenced("The client's connection ended."));
      }
      if (current != null && !current.isCompletedExceptionally()) {
        return current;
      }
      attaching = new CompletableFuture<>();
      current = attaching;
    }
    attach(attaching);
    return attaching;
  }

  private void attach(CompletableFuture<Attachment> attaching) {
    CompletableFuture<Attachment> unused =
        source
            .attach(name, opener)
            .whenComplete(
                (attachment, failure) -> {
                  if (failure != null) {
                    attaching.completeExceptionally(Causes.of(failure));
                  } else {
                    attached(attaching, attachment);
                  }
                });
  }

  private void attached(CompletableFuture<Attachment> attaching, Attachment attachment) {
    AerieException refusal = accept(attachment);
    if (refusal != null) {
      attachment.close();
      attaching.completeExceptionally(refusal);
      return;
    }
    if (isAborted(attachment)) {
      opener.listener().aborted();
      attachment.close();
      attaching.completeExceptionally(fenced("Another initiator aborted what was under way."));
      return;
    }
    attaching.complete(attachment);
    if (isClosed()) {
      attachment.close();
    } else if (!source.isPresent(attachment.service())) {
      serviceGone(attachment.service());
    }
  }

  /** Whether this initiator may have been aborted while it was attached to nothing. */
  private synchronized boolean isAborted(Attachment attachment) {
    long mark = attachment.volume().abortMark();
    boolean aborted = opener.nexus().isPresent() && abortMark >= 0 && mark > abortMark;
    abortMark = mark;
    return aborted;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized AerieException accept(Attachment attachment) {
    if (closed) {
      return fenced("The client's connection ended.");
    }
    if (!id.isEmpty() && !attachment.id().isEmpty() && !id.equals(attachment.id())) {
      return fenced("Another volume has its name now.");
    }
    id = attachment.id().isEmpty() ? id : attachment.id();
    sizeBytes = attachment.volume().sizeBytes();
    return null;
  }

  private AerieException fenced(String why) {
    return new AerieException(ErrorCode.FENCED, "Volume " + name + " is detached", why, "");
  }

  /** Lets go of an attachment made through a storage that went away, and attaches anew. */
  void serviceGone(BlockVolumes former) {
    Attachment ended;
    CompletableFuture<Void> swapped;
    CompletableFuture<Attachment> attaching = new CompletableFuture<>();
    synchronized (this) {
      if (closed
          || current == null
          || !current.isDone()
          || current.isCompletedExceptionally()
          || current.join().service() != former) {
        return;
      }
      ended = current.join();
      current = attaching;
      swapped = swap;
      swap = new CompletableFuture<>();
      abortMark = ended.volume().abortMark();
    }
    ended.close();
    attach(attaching);
    swapped.complete(null);
  }

  @Override
  public void close() {
    CompletableFuture<Attachment> last;
    CompletableFuture<Void> swapped;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      last = current;
      swapped = swap;
    }
    source.closed(this);
    swapped.completeExceptionally(fenced("The client's connection ended."));
    if (last != null && last.isDone() && !last.isCompletedExceptionally()) {
      last.join().close();
    }
  }
}
