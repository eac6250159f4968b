package io.aerie.shell.commands;

import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.face.Await;
import io.aerie.face.Views;
import java.io.PrintStream;

/** Carries out, or only judges, the change of one document, and prints the revision. */
final class ConfigOutcome {
  private ConfigOutcome() {}

  static void print(
      ConfigStore store,
      ConfigTransaction transaction,
      String path,
      boolean dryRun,
      boolean json,
      PrintStream out) {
    long revision = Await.result(dryRun ? store.check(transaction) : store.commit(transaction));
    if (json) {
      out.println(
          Views.pretty(
              Views.mapper()
                  .createObjectNode()
                  .put("id", path)
                  .put("name", path)
                  .put("revision", revision)
                  .put("dryRun", dryRun)));
    } else {
      out.println(dryRun ? "would be changed: " + path : Long.toString(revision));
    }
  }
}
