package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Await;
import io.aerie.face.RoleNames;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.UserTrials;
import io.aerie.shell.completion.RoleCompleter;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
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

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UserDirectory users = subsystems.require(UserDirectory.class);
    Role given = RoleNames.parse(role);
    OptionalLong expected = ExpectedRevision.of(revision);
    User user;
    if (dryRun) {
      user = UserTrials.setRole(users, name, given);
      ExpectedRevision.check(expected, user.revision());
    } else {
      user = Await.result(users.setRole(name, given, expected));
    }
    if (json) {
      out.println(Views.pretty(Views.of(user).put("dryRun", dryRun)));
    } else {
      String done = dryRun ? "role would be given: " : "role given: ";
      out.println(done + user.name() + " is " + RoleNames.of(user.role()));
    }
  }
}
