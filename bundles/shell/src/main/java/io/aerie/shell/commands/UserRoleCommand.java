package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Await;
import io.aerie.face.RoleNames;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.RoleCompleter;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:role}. */
@Service
@Requires(Permission.USERS_CHANGE)
@Command(scope = "user", name = "role", description = "Gives a user another role")
public final class UserRoleCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user", required = true)
  @Completion(UserCompleter.class)
  String name;

  @Argument(
      index = 1,
      name = "ROLE",
      description = "administrator, operator or observer",
      required = true)
  @Completion(RoleCompleter.class)
  String role;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    User user =
        Await.result(subsystems.require(UserDirectory.class).setRole(name, RoleNames.parse(role)));
    out.println("role given: " + user.name() + " is " + RoleNames.of(user.role()));
  }
}
