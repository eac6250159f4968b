package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.RoleNames;
import io.aerie.face.Subsystems;
import io.aerie.shell.completion.RoleCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:add}. */
@Service
@Command(scope = "user", name = "add", description = "Adds a user")
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

  @Option(
      name = "--password",
      description = "The password; asked for when absent",
      required = true,
      censor = true)
  String password;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UserDirectory users = subsystems.require(UserDirectory.class);
    Await.result(users.create(name, password.toCharArray(), RoleNames.parse(role)));
    out.println("added: " + name);
  }
}
