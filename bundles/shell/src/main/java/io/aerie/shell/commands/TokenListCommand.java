package io.aerie.shell.commands;

import io.aerie.config.users.TokenDirectory;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.TokenWish;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code token:list}. */
@Service
@Requires(Permission.TOKENS_READ)
@Command(scope = "token", name = "list", description = "API tokens, without their secrets")
public final class TokenListCommand extends ListCommand {
  /** With its columns. */
  public TokenListCommand() {
    super("id", "name", "owner", "role", "kinds", "expires");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return TokenWish.visible(caller(), subsystems.require(TokenDirectory.class));
  }
}
