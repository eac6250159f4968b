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
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** {@code security:certificate-set}. */
@Service
@Requires(Permission.SECURITY_CHANGE)
@Command(
    scope = "security",
    name = "certificate-set",
    description = "Supplies a certificate and its key, that REST of all nodes shows")
public final class CertificateSetCommand extends AerieCommand {
  @Option(
      name = "--certificate",
      required = true,
      description = "The server's certificate, then its issuers: a PEM file of this node")
  @Completion(FileCompleter.class)
  String certificate;

  @Option(
      name = "--key",
      required = true,
      description = "Its key, unencrypted: a PEM file of this node")
  @Completion(FileCompleter.class)
  String key;

  @Option(name = "--revision", description = "Only if it still has this revision; 0: only if new")
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
            Await.result(
                subsystems
                    .require(RestCertificate.class)
                    .set(PemFile.read(certificate), PemFile.read(key), expected, dryRun)));
    if (json) {
      ObjectPrinter.print(view.put("dryRun", dryRun), true, out);
    } else {
      out.println(
          (dryRun ? "would be set: " : "set: ")
              + view.path("supplied").path("subject").asText()
              + ", until "
              + view.path("supplied").path("notAfter").asText());
    }
  }
}
