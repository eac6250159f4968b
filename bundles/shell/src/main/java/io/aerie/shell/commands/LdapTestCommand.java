package io.aerie.shell.commands;

import io.aerie.config.users.LdapDirectory;
import io.aerie.face.Await;
import io.aerie.face.LdapViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.UserCompleter;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;

/** {@code ldap:test}. Recorded as a change is: it can try passwords. */
@Service
@Requires(Permission.LDAP_CHANGE)
@Command(
    scope = "ldap",
    name = "test",
    description = "Looks a user up in the LDAP directory as a login would")
public final class LdapTestCommand extends AerieCommand {
  @Argument(name = "USER", description = "The name at login", required = true)
  @Completion(UserCompleter.class)
  String user;

  @Option(
      name = "--password",
      description = "Try the password, too: asked for, or a line of standard input")
  boolean withPassword;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    LdapDirectory directory = subsystems.require(LdapDirectory.class);
    char[] password = withPassword ? PasswordPrompt.read(session) : null;
    try {
      ObjectPrinter.print(
          LdapViews.of(Await.result(directory.test(user, Optional.ofNullable(password)))),
          json,
          out);
    } finally {
      if (password != null) {
        Arrays.fill(password, '\0');
      }
    }
  }
}
