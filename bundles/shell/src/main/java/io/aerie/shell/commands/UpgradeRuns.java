package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Views;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import java.io.PrintStream;
import java.time.Duration;

/** How the commands of upgrades show one. */
final class UpgradeRuns {
  /** Nodes ask each other, and each verifies the package anew. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private UpgradeRuns() {}

  static void print(RunView run, boolean json, PrintStream out) {
    ObjectNode view = Views.of(run);
    if (json) {
      out.println(Views.pretty(view));
      return;
    }
    out.printf(
        "%s to %s from %s by %s: %s%n",
        run.direction().equals("back") ? "back from the upgrade" : "upgrade",
        run.version(),
        run.from(),
        run.exchange(),
        run.state());
    if (!run.why().isEmpty()) {
      out.println(run.why());
    }
    new Table("node", "state").print(view.path("nodes"), out);
  }
}
