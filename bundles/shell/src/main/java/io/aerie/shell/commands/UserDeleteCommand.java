package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.UserTrials;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code user:delete}. */
@Service
@Requires(Permission.USERS_CHANGE)
@Command(scope = "user", name = "delete", description = "Deletes a user and its tokens")
public final class UserDeleteCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user", required = true)
  @Completion(UserCompleter.class)
  String name;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UserDirectory users = subsystems.require(UserDirectory.class);
    OptionalLong expected = ExpectedRevision.of(revision);
    if (dryRun) {
      ExpectedRevision.check(expected, UserTrials.delete(users, name).revision());
    } else {
      Await.result(users.delete(name, expected));
    }
    out.println((dryRun ? "would be deleted: " : "deleted: ") + name);
  }
}
