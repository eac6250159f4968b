package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.ClusterSummary;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code cluster:info}. */
@Service
@Requires(Permission.CLUSTER_READ)
@Command(scope = "cluster", name = "info", description = "The cluster, its members and its logs")
public final class ClusterInfoCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ObjectNode cluster = ClusterSummary.of(subsystems);
    if (json) {
      out.println(Views.pretty(cluster));
      return;
    }
    out.println(
        "cluster  " + cluster.path("name").asText() + " (" + cluster.path("id").asText() + ")");
    out.println("revision " + cluster.path("revision").asText());
    out.println();
    new Table("name", "reachable", "endpoints").print(cluster.path("members"), out);
    if (!cluster.path("logs").isEmpty()) {
      out.println();
      new Table(
              "name",
              "provider",
              "role",
              "leader",
              "term",
              "appliedIndex",
              "committedIndex",
              "logBytes")
          .print(cluster.path("logs"), out);
    }
    cluster.path("warnings").forEach(warning -> out.println("\nWarning: " + warning.asText()));
  }
}
