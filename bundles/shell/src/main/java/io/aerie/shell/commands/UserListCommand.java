package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:list}. */
@Service
@Requires(Permission.USERS_READ)
@Command(scope = "user", name = "list", description = "The users")
public final class UserListCommand extends ListCommand {
  /** With its columns. */
  public UserListCommand() {
    super("name", "role");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(UserDirectory.class).users();
  }
}
