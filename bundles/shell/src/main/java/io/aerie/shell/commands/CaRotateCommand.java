package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.face.Await;
import io.aerie.face.SecurityViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code security:ca-rotate}. */
@Service
@Requires(Permission.SECURITY_CHANGE)
@Command(
    scope = "security",
    name = "ca-rotate",
    description = "Begins a rotation of the cluster's CA, or takes one further")
public final class CaRotateCommand extends AerieCommand {
  @Option(
      name = "--hold",
      description = "Stop when all nodes trust the new CA; again without: go on")
  boolean hold;

  @Option(
      name = "--without",
      multiValued = true,
      description = "A node that is down and never comes back")
  List<String> without;

  @Option(name = "--dry-run", description = "Change nothing, tell whom it would wait for")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Set<NodeId> names = new LinkedHashSet<>();
    if (without != null) {
      without.forEach(name -> names.add(new NodeId(name)));
    }
    ObjectNode view =
        SecurityViews.of(
            Await.result(subsystems.require(AuthorityRotation.class).rotate(hold, names, dryRun)));
    CaShowCommand.print(view.put("dryRun", dryRun), json, out);
  }
}
