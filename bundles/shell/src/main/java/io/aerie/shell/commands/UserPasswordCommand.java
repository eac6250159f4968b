package io.aerie.shell.commands;

import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.UserTrials;
import io.aerie.shell.completion.UserCompleter;
import io.aerie.shell.login.ShellLogin;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;

/** {@code user:password}. */
@Service
@Requires(Permission.ACCOUNT_CHANGE)
@Command(
    scope = "user",
    name = "password",
    description = "Sets a password, asked for or read as a line of standard input")
public final class UserPasswordCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The user; yourself unless told")
  @Completion(UserCompleter.class)
  String name;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UserDirectory users = subsystems.require(UserDirectory.class);
    String user = name == null ? caller().name() : name;
    if (!user.equals(caller().name())) {
      caller().require(Permission.USERS_CHANGE);
    }
    char[] password = PasswordPrompt.read(session);
    try {
      ShellLogin.change(() -> set(users, user, password, out));
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private void set(UserDirectory users, String user, char[] password, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    if (dryRun) {
      ExpectedRevision.check(expected, UserTrials.setPassword(users, user, password).revision());
    } else {
      Await.result(users.setPassword(user, password, expected));
    }
    out.println((dryRun ? "password would be set: " : "password set: ") + user);
  }
}
