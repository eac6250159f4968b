package io.aerie.shell.commands;

import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.TokenWish;
import io.aerie.shell.completion.TokenCompleter;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code token:revoke}. */
@Service
@Requires(Permission.TOKENS_CHANGE)
@Command(scope = "token", name = "revoke", description = "Ends an API token")
public final class TokenRevokeCommand extends AerieCommand {
  @Argument(name = "ID", description = "As token:list prints it", required = true)
  @Completion(TokenCompleter.class)
  String id;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    TokenDirectory tokens = subsystems.require(TokenDirectory.class);
    Token token = TokenWish.existing(caller(), tokens, id);
    OptionalLong expected = ExpectedRevision.of(revision);
    if (dryRun) {
      ExpectedRevision.check(expected, token.revision());
    } else {
      Await.result(tokens.revoke(token.id(), expected));
    }
    if (json) {
      out.println(Views.pretty(Views.of(token).put("dryRun", dryRun)));
      return;
    }
    out.println(
        (dryRun ? "would be revoked: " : "revoked: ")
            + token.id()
            + (" (" + token.name() + " of " + token.owner() + ")"));
  }
}
