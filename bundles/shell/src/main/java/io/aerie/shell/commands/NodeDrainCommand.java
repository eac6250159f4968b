package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.NodeCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code node:drain}. */
@Service
@Requires(Permission.DISKS_CHANGE)
@Command(
    scope = "node",
    name = "drain",
    description = "Moves all that a node's disks have to others, while they serve as before")
public final class NodeDrainCommand extends AerieCommand {
  @Argument(name = "NAME", description = "Of the node", required = true)
  @Completion(NodeCompleter.class)
  String node;

  @Option(name = "--cancel", description = "Call it off: what has not moved stays")
  boolean cancel;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectPrinter.print(
        cancel ? "serving again" : "draining",
        Await.result(storage.drainNode(node, cancel, expected, dryRun)),
        json,
        out);
  }
}
