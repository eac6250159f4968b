package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.NodeCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code node:locate}. */
@Service
@Requires(Permission.NODES_CHANGE)
@Command(scope = "node", name = "locate", description = "Says in which rack and site a node stands")
public final class NodeLocateCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The node", required = true)
  @Completion(NodeCompleter.class)
  String node;

  @Option(name = "--rack", description = "Its rack; '' when it is not known any more")
  String rack;

  @Option(name = "--site", description = "The site of its rack; likewise")
  String site;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectPrinter.print(
        "located",
        Views.of(
            Await.result(
                subsystems
                    .require(StorageAdministration.class)
                    .locateNode(
                        node,
                        Optional.ofNullable(rack),
                        Optional.ofNullable(site),
                        expected,
                        dryRun))),
        dryRun,
        json,
        out);
  }
}
