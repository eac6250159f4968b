package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.AttachmentCompleter;
import io.aerie.storage.block.Attachments;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:detach}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(
    scope = "volume",
    name = "detach",
    description = "Ends a client's path to a volume: whatever it still asks for fails")
public final class VolumeDetachCommand extends AerieCommand {
  @Argument(
      name = "ATTACHMENT",
      description = "Its id, as volume:attachments shows it",
      required = true)
  @Completion(AttachmentCompleter.class)
  String id;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Attachments attachments = subsystems.require(Attachments.class);
    ObjectPrinter.print(
        "detached", Views.of(Await.result(attachments.detach(id, dryRun))), dryRun, json, out);
  }
}
