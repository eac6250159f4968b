package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.face.SecurityViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code security:ca-show}. */
@Service
@Requires(Permission.SECURITY_READ)
@Command(
    scope = "security",
    name = "ca-show",
    description = "The cluster's CA, how far its rotation is, and whom it waits for")
public final class CaShowCommand extends AerieCommand {
  @Option(name = "--pem", description = "Print the certificates that clients must trust, PEM")
  boolean pem;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ObjectNode view = SecurityViews.of(subsystems.require(AuthorityRotation.class).state());
    if (pem) {
      out.print(view.path("trustedPem").asText());
    } else {
      print(view, json, out);
    }
  }

  /** People see of a CA what tells it from others. */
  static void print(ObjectNode view, boolean json, PrintStream out) {
    if (json) {
      ObjectPrinter.print(view, true, out);
      return;
    }
    ObjectNode lines = view.deepCopy();
    for (String field : new String[] {"issuing", "next"}) {
      lines.put(field, view.path(field).path("subject").asText("-"));
      lines.put(field + "Fingerprint", view.path(field).path("fingerprint").asText("-"));
      lines.put(field + "NotAfter", view.path(field).path("notAfter").asText("-"));
    }
    lines.remove("trustedPem");
    ObjectPrinter.print(lines, false, out);
  }
}
