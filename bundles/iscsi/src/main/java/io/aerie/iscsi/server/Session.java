package io.aerie.iscsi.server;

import io.aerie.iscsi.scsi.LogicalUnit;
import io.aerie.iscsi.scsi.Reports;
import io.aerie.iscsi.scsi.Sense;
import io.aerie.iscsi.scsi.Unit;
import io.aerie.iscsi.scsi.Work;
import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.UnitDefinition;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import io.aerie.iscsi.wire.ProtocolException;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session in its full feature phase, over one connection. On the connection's loop, but for what
 * says otherwise.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private static final int LOGOUT_REQUESTED = 1;
  private static final int ALL = -1;
  private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

  private final IscsiContext context;
  private final Connection connection;
  private final Sessions.Key key;
  private final int handle;
  private final Map<Integer, SessionUnit> units = new HashMap<>();
  private final TaskQueue tasks;
  private final TaskManagement management;
  private final TextExchange text;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private int expectedNumber;
  private Map<Integer, UnitDefinition> knownUnits;
  private boolean draining;

  Session(
      IscsiContext context,
      Connection connection,
      Sessions.Key key,
      Parameters parameters,
      int firstNumber) {
    this.context = context;
    this.connection = connection;
    this.key = key;
    this.expectedNumber = firstNumber;
    this.knownUnits = target().map(TargetDefinition::addressed).orElse(Map.of());
    this.handle = context.sessions().newHandle();
    this.tasks = new TaskQueue(context, connection, parameters, this::drained);
    this.management = new TaskManagement(context, this, connection);
    this.text = new TextExchange(context, this, connection, parameters);
  }

  static void fail(String why) {
    throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, why);
  }

  Sessions.Key key() {
    return key;
  }

  /** TSIH. */
  int handle() {
    return handle;
  }

  /** ExpCmdSN. */
  int expectedNumber() {
    return expectedNumber;
  }

  /** MaxCmdSN: never goes back, because a command takes a place only when its number is used. */
  int numberMax() {
    return expectedNumber + IscsiLimits.WINDOW_COMMANDS - tasks.windowCount() - 1;
  }

  TaskQueue tasks() {
    return tasks;
  }

  /** Where the data of a unit go. */
  ByteBuf begin(Header header) {
    return header.opcode() == Opcodes.DATA_OUT
        ? tasks.place(header)
        : connection.allocate(header.dataBytes());
  }

  /** A unit of the initiator. */
  void complete(Header header, ByteBuf data) {
    boolean kept = false;
    try {
      switch (header.opcode()) {
        case Opcodes.DATA_OUT -> tasks.dataOut(header);
        case Opcodes.SNACK ->
            throw ProtocolException.reject(ProtocolException.SNACK_REJECT, "recovery level is 0");
        case Opcodes.SCSI_COMMAND,
            Opcodes.NOP_OUT,
            Opcodes.TASK_MANAGEMENT_REQUEST,
            Opcodes.TEXT_REQUEST,
            Opcodes.LOGOUT_REQUEST ->
            kept = isNext(header) && request(header, data);
        default ->
            throw ProtocolException.reject(
                ProtocolException.COMMAND_NOT_SUPPORTED, "opcode " + header.opcode());
      }
    } finally {
      if (!kept) {
        Connection.release(data);
      }
    }
  }

  /** Whether a numbered unit's turn has come; those outside of the window are ignored. */
  private boolean isNext(Header header) {
    if (header.immediate() || answersUs(header)) {
      return true;
    }
    int ahead = header.u32(24) - expectedNumber;
    if (ahead < 0 || header.u32(24) - numberMax() > 0) {
      return false;
    }
    if (ahead > 0) {
      // One connection brings them in order; what is missing will never come.
      fail("a command is missing");
    }
    expectedNumber++;
    return true;
  }

  /** NOP-Out without a task answers a ping of ours and has no number. */
  private static boolean answersUs(Header header) {
    return header.opcode() == Opcodes.NOP_OUT && header.taskTag() == Opcodes.NO_TAG;
  }

  /** True when the data's reference was taken over. */
  private boolean request(Header header, ByteBuf data) {
    switch (header.opcode()) {
      case Opcodes.SCSI_COMMAND -> {
        return command(header, data);
      }
      case Opcodes.NOP_OUT -> {
        return text.ping(header, data);
      }
      case Opcodes.TASK_MANAGEMENT_REQUEST -> management.request(header);
      case Opcodes.TEXT_REQUEST -> text.request(header, data);
      default -> logout(header);
    }
    return false;
  }

  private boolean command(Header header, ByteBuf data) {
    if (key.target().isEmpty() || draining) {
      throw ProtocolException.reject(
          ProtocolException.COMMAND_NOT_SUPPORTED, "no commands in this session");
    }
    Task task = new Task(header, Reports.fromWire(header.lun()));
    boolean kept = tasks.arrive(task, data);
    if (task.outcome() == null) {
      prepare(task);
    }
    return kept;
  }

  private void prepare(Task task) {
    if (task.reads() && task.writes()) {
      // Nothing that we know transfers in both directions.
      tasks.ready(task, LogicalUnit.refused());
      return;
    }
    Optional<SessionUnit> unit = unit(task.unit());
    if (unit.isEmpty()) {
      tasks.ready(task, LogicalUnit.absent(task.command(), task.unit(), this::unitNumbers));
      return;
    }
    CompletableFuture<LogicalUnit> open = unit.get().open();
    if (open.isDone()) {
      opened(task, open);
    } else {
      CompletableFuture<LogicalUnit> unused =
          open.whenCompleteAsync((logical, failure) -> opened(task, open), connection.loop());
    }
  }

  private void opened(Task task, CompletableFuture<LogicalUnit> open) {
    if (!task.isOver()) {
      Work work =
          open.handle(
                  (logical, failure) ->
                      failure == null
                          ? logical.prepare(task.command())
                          : LogicalUnit.unavailable(task.command(), failure, this::unitNumbers))
              .join();
      tasks.ready(task, work);
      connection.flush();
    }
  }

  private Optional<TargetDefinition> target() {
    return context.targets().find(key.target());
  }

  private List<Integer> unitNumbers() {
    return target().map(definition -> List.copyOf(definition.units().keySet())).orElse(List.of());
  }

  /** The unit of a number, if the target has one now. */
  Optional<SessionUnit> unit(int number) {
    Optional<UnitDefinition> wanted = target().map(target -> target.units().get(number));
    return wanted.map(
        definition ->
            units.computeIfAbsent(
                number,
                n ->
                    new SessionUnit(
                        context,
                        definition,
                        connection.client(),
                        key,
                        this::unitNumbers,
                        () -> preempted(number),
                        this::find)));
  }

  /** The unit of an NAA identifier, opened; complete with null when the target has none. */
  private CompletableFuture<LogicalUnit> find(long naa) {
    for (int number : unitNumbers()) {
      SessionUnit unit = unit(number).orElse(null);
      VolumeView volume = unit == null ? null : context.source().viewNow(unit.volumeName());
      if (volume != null && Unit.naa(volume.id()) == naa) {
        return unit.open();
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Another initiator aborts what this one has under way at a unit. Any thread. */
  private void preempted(int unit) {
    CompletableFuture<Void> unused =
        abortAllFor(unit, /* cut= */ true, Sense.REGISTRATIONS_PREEMPTED);
  }

  private void logout(Header header) {
    int reason = header.flags() & 0x7f;
    // Recovery of a connection is none of level 0.
    int response = reason > 1 ? 2 : 0;
    CompletableFuture<Void> closing = response == 0 ? close(ALL) : NOTHING;
    if (closing.isDone()) {
      logout(header, response);
      return;
    }
    CompletableFuture<Void> unused =
        closing.thenRunAsync(
            () -> {
              if (!connection.isEnded()) {
                logout(header, response);
                connection.flush();
              }
            },
            connection.loop());
  }

  private void logout(Header header, int response) {
    Header answer = Header.of(Opcodes.LOGOUT_RESPONSE, Opcodes.FINAL).u8(2, response);
    answer.u32(16, header.taskTag());
    connection.send(answer, null);
    if (response == 0) {
      connection.closeAfterAnswers();
    }
  }

  /**
   * Aborts tasks; complete when nothing of them takes effect any more.
   *
   * @param unit number, or negative for all
   * @param cut whether the attachment is ended, so that nothing has to be waited for
   */
  CompletableFuture<Void> abortAll(int unit, boolean cut) {
    CompletableFuture<Void> closing = cut ? close(unit) : NOTHING;
    return CompletableFuture.allOf(closing, tasks.abort(task -> unit < 0 || task.unit() == unit));
  }

  /** Ends attachments; negative for those of all units. */
  private CompletableFuture<Void> close(int unit) {
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    units.forEach(
        (number, one) -> {
          if (unit < 0 || number == unit) {
            closing.add(one.close());
          }
        });
    return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
  }

  /** Does the same for another session. Any thread. */
  CompletableFuture<Void> abortAllFor(int unit, boolean cut, Sense attention) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    connection
        .loop()
        .execute(
            () -> {
              CompletableFuture<Void> unused =
                  abortAll(unit, cut).whenComplete((ignored, failure) -> done.complete(null));
              units.forEach(
                  (number, one) -> {
                    if (unit < 0 || number == unit) {
                      one.attentions().add(attention);
                    }
                  });
            });
    return done;
  }

  /** The administrator has changed targets. Any thread. */
  void targetsChanged() {
    if (!key.target().isEmpty()) {
      connection.loop().execute(this::followTarget);
    }
  }

  private void followTarget() {
    Optional<TargetDefinition> definition = target();
    if (definition.isEmpty() || !definition.get().admits(key.initiator())) {
      LOG.info("Session of {} with {} ends: no longer wanted", key.initiator(), key.target());
      connection.closeAfterAnswers();
      return;
    }
    Map<Integer, UnitDefinition> wanted = definition.get().units();
    List<Integer> gone =
        units.entrySet().stream()
            .filter(one -> !one.getValue().isUnitOf(wanted.get(one.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    for (int number : gone) {
      CompletableFuture<Void> unused = abortAll(number, /* cut= */ true);
      units.remove(number);
    }
    units.forEach((number, one) -> one.follow(wanted.get(number)));
    Map<Integer, UnitDefinition> addressed = definition.get().addressed();
    if (!addressed.equals(knownUnits)) {
      units.values().forEach(one -> one.attentions().add(Sense.UNITS_CHANGED));
    }
    knownUnits = addressed;
  }

  /** The server stops: what is at work is answered, then the connection closes. */
  void drain() {
    draining = true;
    Header message = Header.of(Opcodes.ASYNCHRONOUS_MESSAGE, Opcodes.FINAL);
    message.u32(16, Opcodes.NO_TAG).u8(36, LOGOUT_REQUESTED);
    message.u16(42, (int) context.limits().drainTime().toSeconds());
    connection.send(message, null);
    connection.flush();
    drained();
  }

  private void drained() {
    if (draining && tasks.isEmpty()) {
      connection.closeAfterAnswers();
    }
  }

  /** Ends the session; complete when nothing of it takes effect any more. Any thread. */
  CompletableFuture<Void> end() {
    connection.loop().execute(connection::close);
    return closed;
  }

  /** The connection ended: volumes are closed at once. */
  void ended() {
    if (closed.isDone()) {
      return;
    }
    CompletableFuture<Void> unusedClose = close(ALL);
    units.clear();
    CompletableFuture<Void> unused = tasks.abort(task -> true);
    context.sessions().leave(this);
    closed.complete(null);
  }
}
