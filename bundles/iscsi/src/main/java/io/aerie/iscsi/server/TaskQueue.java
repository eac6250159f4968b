package io.aerie.iscsi.server;

import io.aerie.export.server.LoopQueue;
import io.aerie.iscsi.scsi.LogicalUnit;
import io.aerie.iscsi.scsi.Outcome;
import io.aerie.iscsi.scsi.Sense;
import io.aerie.iscsi.scsi.Work;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import io.aerie.iscsi.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of a session: lets them in as memory admits, gathers their data, carries them out and
 * answers. Nothing here waits. Unsolicited data are charged when their command arrives (the rest
 * can't stop the wire: others' data come over it too); what is asked for, when there is room.
 */
final class TaskQueue {
  private static final Logger LOG = LoggerFactory.getLogger(TaskQueue.class);

  private final IscsiContext context;
  private final Connection connection;
  private final Parameters parameters;
  private final Runnable emptied;
  private final Answers answers;
  private final Map<Integer, Task> byTag = new HashMap<>();
  private final Deque<Task> waiting = new ArrayDeque<>();
  private int windowCount;
  private int admittedCount;
  private boolean orderedAtWork;
  private long chargedBytes;
  private int lastTransferTag;

  /**
   * @param emptied runs when the last task is over
   */
  TaskQueue(IscsiContext context, Connection connection, Parameters parameters, Runnable emptied) {
    this.context = context;
    this.connection = connection;
    this.parameters = parameters;
    this.emptied = emptied;
    this.answers = new Answers(connection, parameters);
  }

  /** Places of the command window that are taken. */
  int windowCount() {
    return windowCount;
  }

  boolean isEmpty() {
    return byTag.isEmpty() && admittedCount == 0;
  }

  Task find(int tag) {
    return byTag.get(tag);
  }

  /**
   * A command has come. It has an outcome already when there is no memory for its data.
   *
   * @param data that came with it, or null
   * @return whether the reference to the data was taken over
   */
  boolean arrive(Task task, ByteBuf data) {
    int immediateBytes = data == null ? 0 : data.readableBytes();
    check(task, immediateBytes);
    byTag.put(task.tag(), task);
    windowCount += task.immediate() ? 0 : 1;
    if (!task.writes()) {
      return false;
    }
    boolean more = task.expectsUnsolicited();
    int unsolicitedBytes =
        more ? Math.min(parameters.firstBurstBytes(), task.expectedBytes()) : immediateBytes;
    if (!charge(task, unsolicitedBytes, byTag.size() == 1)) {
      answer(task, Outcome.busy());
      return false;
    }
    if (!more) {
      task.keepEarly(data, immediateBytes);
      return data != null;
    }
    ByteBuf early = connection.allocate(unsolicitedBytes);
    if (data != null) {
      early.setBytes(0, data, data.readerIndex(), Math.min(immediateBytes, unsolicitedBytes));
    }
    task.keepEarly(early, immediateBytes);
    return false;
  }

  private void check(Task task, int immediateBytes) {
    if (task.tag() == Opcodes.NO_TAG || byTag.containsKey(task.tag())) {
      Session.fail("a task's tag that is in use");
    }
    if (task.immediate() && byTag.size() - windowCount >= IscsiLimits.IMMEDIATE_COMMANDS_MAX) {
      throw ProtocolException.reject(
          ProtocolException.TOO_MANY_IMMEDIATE, "too many immediate commands");
    }
    if ((immediateBytes > 0 && (!task.writes() || !parameters.immediateData()))
        || immediateBytes > parameters.firstBurstBytes()
        || (task.expectsUnsolicited() && parameters.initialR2t())) {
      Session.fail("unsolicited data that were not agreed upon");
    }
  }

  private boolean charge(Task task, long bytes, boolean regardless) {
    if ((chargedBytes + bytes > context.limits().sessionBytesMax() && !regardless)
        || !context.budget().take(bytes, regardless)) {
      return false;
    }
    task.charge(bytes);
    chargedBytes += bytes;
    return true;
  }

  /** Where the data of a Data-Out go; null when its task is over. */
  ByteBuf place(Header header) {
    Task task = byTag.get(header.taskTag());
    return task == null || !isNext(task, header) ? null : task.place(header);
  }

  private boolean isNext(Task task, Header header) {
    boolean solicited = header.u32(20) != Opcodes.NO_TAG;
    return task.isNext(header, solicited, parameters.firstBurstBytes());
  }

  /** A Data-Out is complete. One that is not the next one ends its task, not the session. */
  void dataOut(Header header) {
    Task task = byTag.get(header.taskTag());
    if (task == null || task.isRunning()) {
      return;
    }
    if (!isNext(task, header)) {
      waiting.remove(task);
      task.endData();
      answer(task, Outcome.check(Sense.DATA_PHASE_ERROR));
      return;
    }
    if (header.u32(20) == Opcodes.NO_TAG) {
      task.unsolicitedDone(header);
    } else {
      task.solicitedDone(header);
    }
    if (task.outcome() != null) {
      answer(task, task.outcome());
    } else if (task.isAdmitted()) {
      gather(task);
    } else {
      pump();
    }
  }

  /** The command was looked at: its work is known. */
  void ready(Task task, Work work) {
    if (task.isOver()) {
      return;
    }
    boolean refused = work.exact() && task.expectedBytes() != work.outBytes();
    task.work(refused ? LogicalUnit.refused() : work);
    waiting.add(task);
    pump();
  }

  /** Lets in what there is room for, in the order of arrival. */
  private void pump() {
    for (Task task = waiting.peek(); task != null && admit(task); task = waiting.peek()) {
      waiting.remove();
      gather(task);
    }
  }

  private boolean admit(Task task) {
    if (orderedAtWork || (task.isOrdered() && admittedCount > 0)) {
      return false;
    }
    long bytes =
        Math.max(0, task.neededBytes() + (long) task.work().inBytes() - task.chargedBytes());
    if (!charge(task, bytes, admittedCount == 0)) {
      return false;
    }
    admittedCount++;
    orderedAtWork = task.isOrdered();
    task.admit(task.earlySuffices() ? null : connection.allocate(task.roomBytes()));
    return true;
  }

  private void gather(Task task) {
    if (task.isGathered()) {
      run(task);
      return;
    }
    Task.Solicited range = solicit(task);
    while (range != null) {
      Header request = Header.of(Opcodes.READY_TO_TRANSFER, Opcodes.FINAL);
      request.u64(8, task.lun()).u32(16, task.tag()).u32(20, range.tag);
      request.u32(24, connection.statusNumber()).u32(36, task.solicitedCount() - 1);
      request.u32(40, range.offset).u32(44, range.length);
      connection.sendUnnumbered(request, null);
      range = solicit(task);
    }
  }

  private Task.Solicited solicit(Task task) {
    lastTransferTag = lastTransferTag + 1 == Opcodes.NO_TAG ? 0 : lastTransferTag + 1;
    return task.solicit(lastTransferTag, parameters.maxBurstBytes(), parameters.outstandingR2ts());
  }

  private void run(Task task) {
    CompletableFuture<Outcome> running = task.work().run(task.start());
    if (running.isDone() && !running.isCompletedExceptionally()) {
      finished(task, running.join());
      return;
    }
    CompletableFuture<Outcome> unused =
        running.whenComplete(
            (outcome, failure) -> connection.queue().add(new Finish(task, outcome)));
  }

  /** Brings an outcome to the loop; without one the session ends: that is better than an error. */
  private final class Finish implements LoopQueue.Answer {
    private final Task task;
    private final Outcome outcome;

    Finish(Task task, Outcome outcome) {
      this.task = task;
      this.outcome = outcome;
    }

    @Override
    public void write(ChannelHandlerContext ctx) {
      finished(task, outcome);
    }

    @Override
    public void discard() {
      task.release();
      context.budget().give(task.chargedBytes());
      task.over().complete(null);
    }
  }

  private void finished(Task task, Outcome outcome) {
    task.stopped();
    task.release();
    if (task.isAborted()) {
      over(task);
    } else if (outcome == null) {
      LOG.debug("{} gets no answer: its connection is closed", connection.client());
      connection.close();
    } else {
      answer(task, outcome);
    }
  }

  private void answer(Task task, Outcome outcome) {
    task.outcome(outcome);
    if (task.expectsUnsolicited()) {
      // What still comes is taken in first, so that the tag is free when the answer has come.
      return;
    }
    forget(task);
    answers.send(task, outcome, () -> over(task));
  }

  private void forget(Task task) {
    byTag.remove(task.tag());
    windowCount -= task.immediate() ? 0 : 1;
  }

  /** The answer has left, or none will. */
  private void over(Task task) {
    task.release();
    chargedBytes -= task.chargedBytes();
    context.budget().give(task.chargedBytes());
    if (task.isAdmitted()) {
      admittedCount--;
      orderedAtWork &= !task.isOrdered();
    }
    task.over().complete(null);
    if (!connection.isEnded()) {
      pump();
      connection.flush();
      if (isEmpty()) {
        emptied.run();
      }
    }
  }

  /** Aborts tasks: no answer follows. Complete when nothing of them takes effect any more. */
  CompletableFuture<Void> abort(Predicate<Task> which) {
    List<Task> chosen = byTag.values().stream().filter(which).toList();
    for (Task task : chosen) {
      task.abort();
      forget(task);
      waiting.remove(task);
      if (task.isRunning()) {
        task.work().stop().run();
      } else {
        over(task);
      }
    }
    return CompletableFuture.allOf(
        chosen.stream().map(Task::over).toArray(CompletableFuture[]::new));
  }
}
