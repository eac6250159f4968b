package io.aerie.iscsi.server;

import io.aerie.iscsi.scsi.Reports;
import io.aerie.iscsi.scsi.Sense;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Task management, RFC 7143, sections 11.5 and 11.6. It is answered when nothing of the aborted
 * tasks takes effect any more: aborting waits for storage to be done with them, resetting ends the
 * attachments, which is the same at once.
 */
final class TaskManagement {
  private static final int ABORT_TASK = 1;
  private static final int ABORT_TASK_SET = 2;
  private static final int CLEAR_TASK_SET = 4;
  private static final int UNIT_RESET = 5;
  private static final int WARM_RESET = 6;
  private static final int COLD_RESET = 7;
  private static final int REASSIGN = 8;

  private static final int COMPLETE = 0;
  private static final int NO_TASK = 1;
  private static final int NO_UNIT = 2;
  private static final int NO_REASSIGNMENT = 4;
  private static final int NOT_SUPPORTED = 5;

  private static final int ALL_UNITS = -1;

  private final IscsiContext context;
  private final Session session;
  private final Connection connection;

  TaskManagement(IscsiContext context, Session session, Connection connection) {
    this.context = context;
    this.session = session;
    this.connection = connection;
  }

  void request(Header header) {
    int function = header.flags() & 0x7f;
    int unit = Reports.fromWire(header.lun());
    switch (function) {
      case ABORT_TASK -> {
        Task task = session.tasks().find(header.u32(20));
        if (task == null || task.lun() != header.lun()) {
          answer(header, NO_TASK);
        } else {
          answerAfter(header, session.tasks().abort(one -> one.tag() == task.tag()));
        }
      }
      case ABORT_TASK_SET, CLEAR_TASK_SET, UNIT_RESET -> {
        if (session.unit(unit).isEmpty()) {
          answer(header, NO_UNIT);
        } else {
          answerAfter(header, abortUnit(function, unit));
        }
      }
      case WARM_RESET -> answerAfter(header, reset(ALL_UNITS));
      case COLD_RESET -> {
        CompletableFuture<Void> unused =
            reset(ALL_UNITS).thenRunAsync(() -> answerCold(header), connection.loop());
      }
      case REASSIGN -> answer(header, NO_REASSIGNMENT);
      default -> answer(header, NOT_SUPPORTED);
    }
  }

  private CompletableFuture<Void> abortUnit(int function, int unit) {
    if (function == ABORT_TASK_SET) {
      return session.abortAll(unit, /* cut= */ false);
    }
    if (function == UNIT_RESET) {
      return reset(unit);
    }
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Session one : context.sessions().ofTarget(session.key().target())) {
      all.add(
          one == session
              ? session.abortAll(unit, /* cut= */ false)
              : one.abortAllFor(unit, /* cut= */ false, Sense.COMMANDS_CLEARED));
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> reset(int unit) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Session one : context.sessions().ofTarget(session.key().target())) {
      all.add(one.abortAllFor(unit, /* cut= */ true, Sense.RESET_OCCURRED));
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private void answerAfter(Header header, CompletableFuture<Void> done) {
    if (done.isDone()) {
      answer(header, COMPLETE);
      return;
    }
    CompletableFuture<Void> unused =
        done.whenCompleteAsync(
            (ignored, failure) -> {
              if (!connection.isEnded()) {
                answer(header, COMPLETE);
                connection.flush();
              }
            },
            connection.loop());
  }

  /** A cold reset ends all sessions. */
  private void answerCold(Header header) {
    if (connection.isEnded()) {
      return;
    }
    answer(header, COMPLETE);
    for (Session one : context.sessions().ofTarget(session.key().target())) {
      if (one != session) {
        CompletableFuture<Void> unused = one.end();
      }
    }
    connection.closeAfterAnswers();
  }

  private void answer(Header header, int response) {
    Header answer = Header.of(Opcodes.TASK_MANAGEMENT_RESPONSE, Opcodes.FINAL).u8(2, response);
    connection.send(answer.u32(16, header.taskTag()), null);
  }
}
