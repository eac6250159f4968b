package io.aerie.shell.commands;

import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Issued;
import io.aerie.config.users.TokenDirectory.NewToken;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.face.Await;
import io.aerie.face.RoleNames;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.TokenWish;
import io.aerie.shell.completion.RoleCompleter;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code token:create}. */
@Service
@Requires(Permission.TOKENS_CHANGE)
@Command(
    scope = "token",
    name = "create",
    description = "Makes an API token for yourself and prints it, once")
public final class TokenCreateCommand extends AerieCommand {
  @Argument(name = "NAME", description = "What it is for", required = true)
  String name;

  @Option(name = "--role", description = "At most your own, which it is unless told")
  @Completion(RoleCompleter.class)
  String role;

  @Option(name = "--kinds", description = "Only these kinds of objects: volumes,jobs")
  String kinds;

  @Option(name = "--validity", description = "How long it is valid: 12h, 90d; at most 366d")
  String validity = TokenWish.VALIDITY;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    NewToken wanted =
        TokenWish.of(
            caller(), name, role, kinds == null ? null : List.of(kinds.split(",")), validity);
    TokenDirectory tokens = subsystems.require(TokenDirectory.class);
    if (dryRun) {
      tell(tokens.check(wanted), out);
      return;
    }
    Issued issued = Await.result(tokens.create(wanted));
    if (json) {
      out.println(Views.pretty(Views.of(issued.token()).put("token", issued.secret())));
    } else {
      out.println(issued.secret());
    }
  }

  private void tell(Token token, PrintStream out) {
    if (json) {
      out.println(Views.pretty(Views.of(token).put("dryRun", true)));
      return;
    }
    out.printf(
        "would be made: %s (%s, until %s)%n",
        token.name(), RoleNames.of(token.role()), token.expires());
  }
}
