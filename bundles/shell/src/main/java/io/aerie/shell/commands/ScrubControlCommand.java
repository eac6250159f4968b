package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.shell.completion.ScrubCompleter;
import io.aerie.storage.admin.ScrubAdministration.Control;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;

/** What the commands that hold, resume and end scrubs have in common. */
abstract class ScrubControlCommand extends AerieCommand {
  @Argument(name = "SCRUB", description = "Its id", required = true)
  @Completion(ScrubCompleter.class)
  String scrub;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  private final Control control;

  ScrubControlCommand(Control control) {
    this.control = control;
  }

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectNode changed =
        Views.of(
            Await.result(
                subsystems
                    .require(StorageAdministration.class)
                    .controlScrub(scrub, control, expected, dryRun)));
    ObjectPrinter.print(changed.path("state").asText(), changed, dryRun, json, out);
  }
}
