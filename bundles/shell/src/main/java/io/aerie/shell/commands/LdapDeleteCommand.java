package io.aerie.shell.commands;

import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.face.Await;
import io.aerie.face.LdapViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code ldap:delete}. */
@Service
@Requires(Permission.LDAP_CHANGE)
@Command(
    scope = "ldap",
    name = "delete",
    description = "Ends the use of the LDAP directory: its users can't log in any more")
public final class LdapDeleteCommand extends AerieCommand {
  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    Settings gone = Await.result(subsystems.require(LdapDirectory.class).delete(expected, dryRun));
    if (json) {
      ObjectPrinter.print(LdapViews.of(gone).put("dryRun", dryRun), true, out);
    } else {
      out.println((dryRun ? "would be deleted: " : "deleted: ") + String.join(" ", gone.urls()));
    }
  }
}
