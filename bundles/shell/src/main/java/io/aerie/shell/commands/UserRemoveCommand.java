package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:remove}. */
@Service
@Command(scope = "user", name = "remove", description = "Removes a user")
public final class UserRemoveCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user", required = true)
  @Completion(UserCompleter.class)
  String name;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Await.result(subsystems.require(UserDirectory.class).delete(name));
    out.println("removed: " + name);
  }
}
