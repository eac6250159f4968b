package io.aerie.engine.member;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.AssignDuty;
import io.aerie.engine.rcd.RcdCommand.DiskFailed;
import io.aerie.engine.store.DiskIdentity;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells RCD that a disk of this node failed, until it knows, and gives the disk up: one that is
 * only away may come back with all it has and is waited for, one that broke is not.
 */
final class FailureReport {
  private final NodeContext context;
  private final DiskIdentity disk;

  FailureReport(NodeContext context, DiskIdentity disk) {
    this.context = context;
    this.disk = disk;
  }

  void send() {
    submit(
        new DiskFailed(disk.disk(), context.self(), context.incarnation(), disk.generation()),
        answer -> giveUp());
  }

  /** Refused when the disk is back already, by another opening; then nothing is to be done. */
  private void giveUp() {
    boolean serving =
        context.rcd().disk(disk.disk()).map(DiskRecord::duty).orElse(null) == DiskDuty.SERVING;
    if (serving && context.absence() < Long.MAX_VALUE) {
      submit(new AssignDuty(List.of(disk.disk()), DiskDuty.ABSENT), answer -> {});
    }
  }

  private void submit(RcdCommand command, Consumer<RcdAnswer> decided) {
    context.submit(
        command,
        (answer, failure) -> {
          if (answer != null) {
            decided.accept(answer);
          } else {
            context.later(Timing.ANSWER, () -> submit(command, decided));
          }
        });
  }
}
