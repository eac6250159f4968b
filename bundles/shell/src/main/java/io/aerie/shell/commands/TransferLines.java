package io.aerie.shell.commands;

import io.aerie.config.transfer.ConfigTransfer.Planned;
import io.aerie.config.transfer.ConfigTransfer.Progress;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What import and rebuild print alike. */
final class TransferLines {
  private TransferLines() {}

  static String of(Progress step) {
    return "step %d of %d".formatted(step.step(), step.steps());
  }

  static void print(List<Planned> changes, PrintStream out) {
    changes.forEach(
        planned ->
            out.printf(
                "%-8s %s (%s)%n",
                planned.action().name().toLowerCase(Locale.ROOT), planned.path(), planned.type()));
  }
}
