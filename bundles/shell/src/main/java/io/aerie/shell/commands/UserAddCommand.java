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
import java.io.PrintStream;
import java.util.Arrays;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;

/** {@code user:add}. The password is no argument: those stay in histories. */
@Service
@Requires(Permission.USERS_CHANGE)
@Command(
    scope = "user",
    name = "add",
    description = "Adds a user; asks for its password, or reads it as a line of standard input")
public final class UserAddCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user", required = true)
  String name;

  @Argument(
      index = 1,
      name = "ROLE",
      description = "administrator, operator or observer",
      required = true)
  @Completion(RoleCompleter.class)
  String role;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UserDirectory users = subsystems.require(UserDirectory.class);
    Role given = RoleNames.parse(role);
    char[] password = PasswordPrompt.read(session);
    try {
      User user =
          dryRun
              ? UserTrials.add(users, name, password, given)
              : Await.result(users.create(name, password, given));
      ObjectPrinter.print("added", Views.of(user), dryRun, json, out);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
