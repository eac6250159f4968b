package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.face.Await;
import io.aerie.face.LdapViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.LdapWish;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** {@code ldap:set}. Replaces all settings: what is not told is as if never set. */
@Service
@Requires(Permission.LDAP_CHANGE)
@Command(
    scope = "ldap",
    name = "set",
    description = "Sets the LDAP directory that is the second source of users")
public final class LdapSetCommand extends AerieCommand {
  @Option(name = "--url", multiValued = true, description = "ldaps://HOST or ldap://HOST")
  List<String> urls;

  @Option(name = "--plaintext", description = "ldap:// without TLS: passwords can be read")
  boolean plaintext;

  @Option(name = "--ca-file", description = "Certificates to trust, a PEM file of this node")
  @Completion(FileCompleter.class)
  String caFile;

  @Option(name = "--bind-dn", description = "Who searches; its password is asked for")
  String bindDn;

  @Option(name = "--keep-password", description = "Keep the stored password of --bind-dn")
  boolean keepPassword;

  @Option(name = "--user-base", description = "Where users are")
  String userBase;

  @Option(name = "--user-filter", description = "Which entry is a user's; (uid={user})")
  String userFilter;

  @Option(name = "--group-base", description = "Where groups are; else memberOf counts")
  String groupBase;

  @Option(name = "--group-filter", description = "Which groups are a user's, with {dn} or {user}")
  String groupFilter;

  @Option(name = "--administrators", multiValued = true, description = "A group's name (DN)")
  List<String> administrators;

  @Option(name = "--operators", multiValued = true, description = "A group's name (DN)")
  List<String> operators;

  @Option(name = "--observers", multiValued = true, description = "A group's name (DN)")
  List<String> observers;

  @Option(name = "--timeout", description = "Of a login: 1s to 8s")
  String timeout;

  @Option(name = "--revision", description = "Only if it still has this revision; 0: only if new")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    LdapDirectory directory = subsystems.require(LdapDirectory.class);
    Settings wanted =
        new LdapWish(
                urls,
                plaintext,
                caFile == null ? null : PemFile.read(caFile),
                bindDn,
                userBase,
                userFilter,
                groupBase,
                groupFilter,
                administrators,
                operators,
                observers,
                timeout)
            .settings();
    char[] password = bindDn == null || keepPassword ? null : PasswordPrompt.read(session);
    try {
      OptionalLong expected = ExpectedRevision.of(revision);
      Settings set =
          Await.result(directory.set(wanted, Optional.ofNullable(password), expected, dryRun));
      print(set, out);
    } finally {
      if (password != null) {
        Arrays.fill(password, '\0');
      }
    }
  }

  private void print(Settings set, PrintStream out) {
    ObjectNode view = LdapViews.of(set).put("dryRun", dryRun);
    if (json) {
      ObjectPrinter.print(view, true, out);
    } else {
      out.println((dryRun ? "would be set: " : "set: ") + String.join(" ", set.urls()));
    }
  }
}
