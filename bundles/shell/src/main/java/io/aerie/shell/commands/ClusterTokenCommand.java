package io.aerie.shell.commands;

import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterAdmission.JoinToken;
import io.aerie.face.Subsystems;
import io.aerie.face.TokenValidity;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code cluster:token}. */
@Service
@Requires(Permission.MEMBERSHIP_CHANGE)
@Command(
    scope = "cluster",
    name = "token",
    description = "Makes a token that lets one new node join")
public final class ClusterTokenCommand extends AerieCommand {
  @Option(name = "--validity", description = "How long it is valid: 30m, 1h; at most 24h")
  String validity = TokenValidity.DEFAULT;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Duration duration = TokenValidity.parse(validity);
    ClusterAdmission admission = subsystems.require(ClusterAdmission.class);
    if (dryRun) {
      String explanation = TokenValidity.explained(duration);
      out.println(
          json
              ? Views.pretty(Map.of("dryRun", true, "explanation", List.of(explanation)))
              : explanation);
      return;
    }
    JoinToken token = admission.issueToken(duration);
    if (json) {
      out.println(
          Views.pretty(Map.of("token", token.text(), "expires", token.expires().toString())));
    } else {
      out.println(token.text());
    }
  }
}
