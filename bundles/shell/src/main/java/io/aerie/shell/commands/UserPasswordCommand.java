package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:password}. */
@Service
@Command(scope = "user", name = "password", description = "Sets a user's password")
public final class UserPasswordCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user", required = true)
  @Completion(UserCompleter.class)
  String name;

  @Option(
      name = "--password",
      description = "The new password; asked for when absent",
      required = true,
      censor = true)
  String password;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UserDirectory users = subsystems.require(UserDirectory.class);
    Await.result(users.setPassword(name, password.toCharArray()));
    out.println("password set: " + name);
  }
}
