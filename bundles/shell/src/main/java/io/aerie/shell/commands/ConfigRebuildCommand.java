package io.aerie.shell.commands;

import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.copies.ConfigRebuild.Outcome;
import io.aerie.config.copies.ConfigRebuild.Wish;
import io.aerie.config.copies.CopyDisks.Label;
import io.aerie.face.RebuildViews;
import io.aerie.face.Subsystems;
import io.aerie.face.TransferViews;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.login.ShellLogin;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code aerie-config:rebuild}. */
@Service
@Requires(Permission.CONFIG_CHANGE)
@Command(
    scope = "aerie-config",
    name = "rebuild",
    description = "Restores ConfigDB from the copies on the storage disks")
public final class ConfigRebuildCommand extends AerieCommand {
  @Option(name = "--dry-run", description = "Change nothing, tell which copies there are")
  boolean dryRun;

  @Option(name = "--force", description = "Also over a ConfigDB that is not empty")
  boolean force;

  @Option(name = "--without-missing", description = "Also when nodes or disks can't be asked")
  boolean withoutMissing;

  @Option(name = "--discard", description = "Restore nothing: give the copies up, keep what is")
  boolean discard;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ShellLogin.change(() -> rebuild(subsystems, out));
  }

  private void rebuild(Subsystems subsystems, PrintStream out) {
    ConfigRebuild rebuild = subsystems.require(ConfigRebuild.class);
    Outcome outcome =
        new Steps(out, json, TransferViews.RESTORE_LIMIT)
            .follow(
                TransferLines::of,
                tell -> rebuild.rebuild(new Wish(dryRun, force, withoutMissing, discard), tell));
    if (json) {
      out.println(Views.pretty(RebuildViews.of(outcome)));
      return;
    }
    printCopies(outcome, out);
    printChanges(outcome, out);
  }

  private static void printCopies(Outcome outcome, PrintStream out) {
    new Table(
            "node",
            "path",
            "revision",
            "order",
            "written",
            "ageSeconds",
            "contentBytes",
            "chosen",
            "present")
        .print(RebuildViews.of(outcome).path("copies"), out);
    outcome.missing().forEach(missing -> out.println("not asked: " + missing));
  }

  private static void printChanges(Outcome outcome, PrintStream out) {
    TransferLines.print(outcome.changes(), out);
    if (outcome.restored().isEmpty()) {
      out.println(outcome.dryRun() ? "would be discarded" : "discarded: no copy is restored");
      return;
    }
    Label label = outcome.restored().get().copy().label();
    outcome.notInCopy().forEach(left -> out.println("not in the copy: " + left));
    out.printf("not known: changes after revision %d (%s)%n", label.revision(), label.written());
    out.printf(
        "%s: %d documents, %d changes, %d as they were, revision %d%n",
        outcome.dryRun() ? "would be rebuilt" : "rebuilt",
        outcome.documents(),
        outcome.changes().size(),
        outcome.unchanged(),
        outcome.revision());
  }
}
