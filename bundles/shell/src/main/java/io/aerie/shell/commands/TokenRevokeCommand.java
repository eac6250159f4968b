package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.TokenWish;
import io.aerie.shell.completion.TokenCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code token:revoke}. */
@Service
@Requires(Permission.TOKENS_CHANGE)
@Command(scope = "token", name = "revoke", description = "Ends an API token")
public final class TokenRevokeCommand extends AerieCommand {
  @Argument(name = "ID", description = "As token:list prints it", required = true)
  @Completion(TokenCompleter.class)
  String id;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    TokenDirectory tokens = subsystems.require(TokenDirectory.class);
    Token token =
        TokenWish.visible(caller(), tokens).stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow(
                () -> new AerieException(ErrorCode.NOT_FOUND, "There is no token '" + id + "'"));
    Await.result(tokens.revoke(token.id()));
    out.println("revoked: " + token.id() + " (" + token.name() + " of " + token.owner() + ")");
  }
}
