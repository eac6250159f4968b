package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.face.SecurityViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code security:certificate-show}. */
@Service
@Requires(Permission.SECURITY_READ)
@Command(
    scope = "security",
    name = "certificate-show",
    description = "The certificate that REST shows on all nodes, or else this node's own")
public final class CertificateShowCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    print(SecurityViews.of(subsystems.require(RestCertificate.class).view()), json, out);
  }

  /** Of the two certificates, people see the one that REST shows. */
  static void print(ObjectNode view, boolean json, PrintStream out) {
    if (json) {
      ObjectPrinter.print(view, true, out);
      return;
    }
    JsonNode shown =
        view.path(view.path("source").asText().equals("supplied") ? "supplied" : "own");
    ObjectNode lines = shown.deepCopy();
    lines
        .put("source", view.path("source").asText())
        .put("revision", view.path("revision").asLong());
    lines.remove("pem");
    ObjectPrinter.print(lines, false, out);
  }
}
