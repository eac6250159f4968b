package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.node.Environment;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ClientAnswer;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Completion;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationState;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A client's end of an attachment. A part is sent to the owner that RCD names, under its epoch,
 * again when the owner changed, when it refused, and when it said nothing for a second. While the
 * owner says that the volume's limits hold parts back, nothing is too late because of them.
 */
final class ClientSession implements VolumeClient {
  private final NodeContext context;

  /** Another one when the volume's protection was changed; asked by other threads. */
  private volatile long volume;

  private final long generation;
  private final ReservationListener listener;
  private final Runnable onClosed;
  private final ReservationCalls reservations;
  private final OpenParts open;
  private final ArrayDeque<ClientOperation> queue = new ArrayDeque<>();
  private long nextNumber = 1;

  /** What waits here, since too many are held back there, is waited for so long at least. */
  private long queueDeadlineNanos;

  private Environment.Cancellable timer;

  /** Asked by those who attach again elsewhere, when this loop may be gone. */
  private volatile long abortMark;

  private AerieException ended;

  ClientSession(
      NodeContext context,
      PartBudget budget,
      long volume,
      long generation,
      ReservationListener listener,
      Runnable onClosed) {
    this.context = context;
    open = new OpenParts(budget);
    this.volume = volume;
    this.generation = generation;
    this.listener = listener;
    this.onClosed = onClosed;
    reservations = new ReservationCalls(context, volume, generation);
    queueDeadlineNanos = context.now();
  }

  @Override
  public long volume() {
    return volume;
  }

  @Override
  public long generation() {
    return generation;
  }

  @Override
  public long sizeBytes() {
    return context.rcd().volume(volume).map(VolumeRecord::sizeBytes).orElse(0L);
  }

  @Override
  public void read(long offset, int length, Completion<ByteBuffer> done) {
    begin(Operation.READ, offset, length, null, done);
  }

  @Override
  public void extents(long offset, long length, Completion<ByteBuffer> done) {
    begin(Operation.EXTENTS, offset, length, null, done);
  }

  @Override
  public void write(long offset, ByteBuffer data, Completion<Void> done) {
    begin(
        Operation.WRITE,
        offset,
        data.remaining(),
        data,
        (nothing, failure) -> done.accept(null, failure));
  }

  @Override
  public void zero(long offset, long length, Completion<Void> done) {
    begin(Operation.ZERO, offset, length, null, (nothing, failure) -> done.accept(null, failure));
  }

  @Override
  public void compareAndWrite(
      long offset, ByteBuffer expected, ByteBuffer data, Completion<Integer> done) {
    int length = data.remaining();
    ByteBuffer both;
    try {
      both = Comparison.request(offset, expected, data);
    } catch (AerieException e) {
      done.accept(null, e);
      return;
    }
    begin(
        Operation.COMPARE_AND_WRITE,
        offset,
        length,
        both,
        (difference, failure) ->
            done.accept(failure == null ? Comparison.difference(difference) : null, failure));
  }

  /** Of a volume that is gone nothing is cut any more. */
  private Redundancy redundancy() {
    return context
        .rcd()
        .volume(volume)
        .map(VolumeRecord::redundancy)
        .orElseGet(() -> Redundancy.copies(2));
  }

  /**
   * What can't be begun is answered at once: later may never come, for nothing that was scheduled
   * happens when the incarnation is over.
   */
  private void begin(
      Operation kind, long offset, long length, ByteBuffer data, Completion<ByteBuffer> done) {
    boolean tooLong = length > ClientOperation.lengthMax(kind);
    if (ended != null) {
      done.accept(null, ended);
    } else if (offset < 0 || length < 0 || tooLong || offset > sizeBytes() - length) {
      done.accept(null, ClientOperation.outside(offset, length, sizeBytes()));
    } else if (length == 0) {
      done.accept(ByteBuffer.allocate(0), null);
    } else {
      long deadline = context.now() + Timing.CLIENT_PATIENCE;
      queue.add(new ClientOperation(redundancy(), kind, offset, length, data, deadline, done));
      pump();
    }
  }

  private void pump() {
    while (!queue.isEmpty() && open.hasRoom()) {
      ClientOperation operation = queue.peek();
      if (operation.over() || operation.cutWhole()) {
        queue.remove();
        continue;
      }
      ClientPart part = operation.next(nextNumber++);
      open.add(part);
      send(part);
    }
    if (timer == null && (!open.isEmpty() || !queue.isEmpty())) {
      timer = context.later(Timing.CLIENT_RESEND / 4, this::tick);
    }
  }

  private void send(ClientPart part) {
    part.sentNanos = context.now();
    part.held = false;
    Optional<VolumeRecord> record = context.rcd().volume(volume);
    if (record.isEmpty() || record.get().owner().isEmpty()) {
      return;
    }
    long epoch = record.get().epoch();
    if (part.kind == Operation.COMPARE_AND_WRITE
        && part.sentEpoch >= 0
        && part.sentEpoch != epoch) {
      // A second owner would find what the first may have written, and might write it once more.
      failed(part, ErrorCode.TIMED_OUT, "The owner changed: it may have been written.");
      return;
    }
    part.sentEpoch = epoch;
    context.send(
        record.get().owner().get(),
        new ClientRequest(
            volume,
            epoch,
            generation,
            part.number,
            open.lowest(),
            part.kind,
            part.offset,
            part.length,
            part.data));
  }

  private void tick() {
    timer = null;
    long now = context.now();
    List<ClientOperation> late = new ArrayList<>();
    for (ClientOperation operation : queue) {
      if (now - operation.deadlineNanos >= 0 && now - queueDeadlineNanos >= 0) {
        late.add(operation);
      }
    }
    for (ClientPart part : open.all()) {
      if (now - part.operation.deadlineNanos >= 0) {
        late.add(part.operation);
      } else if (now - part.sentNanos >= part.resendNanos()) {
        send(part);
      }
    }
    for (ClientOperation operation : late) {
      open.removeOf(operation);
      operation.fail(ClientOperation.late());
    }
    pump();
  }

  private void held(ClientPart part, long epoch) {
    if (epoch == part.sentEpoch) {
      part.held = true;
      queueDeadlineNanos = context.now() + Timing.CLIENT_PATIENCE;
      part.operation.deadlineNanos = queueDeadlineNanos;
    }
  }

  /**
   * Another volume took its volume's place: what is open goes there, cut as its places are. What
   * was sent has been done by the former one or never will be.
   */
  void follow(long successor) {
    if (volume == successor) {
      return;
    }
    volume = successor;
    reservations.follow(successor);
    List<ClientPart> former = open.all();
    open.clear();
    queue.forEach(operation -> operation.follow(redundancy()));
    for (ClientPart part : former) {
      if (part.operation.over()) {
        continue;
      }
      if (part.kind == Operation.COMPARE_AND_WRITE && part.sentEpoch >= 0) {
        failed(part, ErrorCode.TIMED_OUT, "The volume changed: it may have been written.");
        continue;
      }
      part.operation.follow(redundancy());
      for (ClientPart piece : part.operation.cutAgain(part, () -> nextNumber++)) {
        open.add(piece);
      }
    }
    open.all().forEach(this::send);
    pump();
  }

  /** The volume has another owner or epoch: what is open goes there. */
  void onVolume() {
    open.all().forEach(this::send);
  }

  void onAnswer(ClientAnswer answer) {
    ClientPart part = open.get(answer.number());
    if (part == null) {
      return;
    }
    switch (answer.status()) {
      case DONE, MISCOMPARE -> {
        open.remove(part);
        part.operation.answered(part, answer.data());
        pump();
      }
      case REFUSED, GAP -> retry(part);
      case HELD -> held(part, answer.epoch());
      default -> failed(part, answer.status());
    }
  }

  /** Once a refusal, however many come: requests that are sent twice must not multiply. */
  private void retry(ClientPart part) {
    if (part.retrying) {
      return;
    }
    part.retrying = true;
    context.later(
        Timing.CLIENT_RETRY,
        () -> {
          part.retrying = false;
          if (open.get(part.number) == part) {
            send(part);
          }
        });
  }

  private void failed(ClientPart part, Status status) {
    failed(part, ClientOperation.code(status), status.name());
  }

  private void failed(ClientPart part, ErrorCode code, String why) {
    open.removeOf(part.operation);
    part.operation.fail(
        new AerieException(
            code, "The operation at byte " + part.offset + " can't be done", why, ""));
    pump();
  }

  void end(AerieException why) {
    if (ended != null) {
      return;
    }
    ended = why;
    List<ClientOperation> all = new ArrayList<>(queue);
    open.all().forEach(part -> all.add(part.operation));
    queue.clear();
    open.clear();
    all.forEach(operation -> operation.fail(why));
    reservations.end(why);
    onClosed.run();
  }

  ReservationListener listener() {
    return listener;
  }

  @Override
  public void changeReservation(ReservationRequest request, Completion<Verdict> done) {
    reservations.change(request, done);
  }

  @Override
  public void reservation(Completion<ReservationState> done) {
    reservations.state(done);
  }

  @Override
  public long abortMark() {
    return abortMark;
  }

  /** Reservations are known as they were when this attachment was there, or as they are now. */
  void reservationsKnown() {
    abortMark = context.rcd().reservation(volume).abort();
  }

  @Override
  public void close(Completion<Void> done) {
    end(new AerieException(ErrorCode.FENCED, "The volume was closed"));
    detach(done);
  }

  private void detach(Completion<Void> done) {
    context.submit(
        new RcdCommand.Detach(generation),
        (answer, failure) -> {
          if (failure != null) {
            context.later(Timing.ANSWER, () -> detach(done));
          } else {
            done.accept(null, null);
          }
        });
  }
}
