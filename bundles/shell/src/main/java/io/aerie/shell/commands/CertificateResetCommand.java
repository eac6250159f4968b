package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.face.Await;
import io.aerie.face.SecurityViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code security:certificate-reset}. */
@Service
@Requires(Permission.SECURITY_CHANGE)
@Command(
    scope = "security",
    name = "certificate-reset",
    description = "Removes the supplied certificate: REST of each node shows the node's own")
public final class CertificateResetCommand extends AerieCommand {
  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectNode view =
        SecurityViews.of(
            Await.result(subsystems.require(RestCertificate.class).reset(expected, dryRun)));
    if (json) {
      ObjectPrinter.print(view.put("dryRun", dryRun), true, out);
    } else {
      out.println((dryRun ? "would be reset" : "reset") + ": each node shows its own certificate");
    }
  }
}
