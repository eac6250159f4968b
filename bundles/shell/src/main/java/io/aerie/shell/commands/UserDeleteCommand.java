package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:delete}. */
@Service
@Requires(Permission.USERS_CHANGE)
@Command(scope = "user", name = "delete", description = "Deletes a user and its tokens")
public final class UserDeleteCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user", required = true)
  @Completion(UserCompleter.class)
  String name;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Await.result(subsystems.require(UserDirectory.class).delete(name));
    out.println("deleted: " + name);
  }
}
