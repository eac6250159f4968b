package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.NodeDeparture;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.NodeCompleter;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code cluster:leave}. */
@Service
@Requires(Permission.MEMBERSHIP_CHANGE)
@Command(
    scope = "cluster",
    name = "leave",
    description = "Takes a node without disks out of the cluster for good")
public final class ClusterLeaveCommand extends AerieCommand {
  @Argument(name = "NAME", description = "Of the node", required = true)
  @Completion(NodeCompleter.class)
  String node;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectNode removed = NodeDeparture.remove(subsystems, node, expected, dryRun);
    ObjectPrinter.print("removed", removed, dryRun, json, out);
    if (!json) {
      removed.path("explanation").forEach(sentence -> out.println(sentence.asText()));
    }
  }
}
