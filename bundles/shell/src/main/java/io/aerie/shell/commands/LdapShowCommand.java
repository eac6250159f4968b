package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.LdapDirectory;
import io.aerie.face.LdapViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code ldap:show}. */
@Service
@Requires(Permission.LDAP_READ)
@Command(
    scope = "ldap",
    name = "show",
    description = "The settings of the LDAP directory, without its password")
public final class LdapShowCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ObjectPrinter.print(
        LdapViews.of(
            subsystems
                .require(LdapDirectory.class)
                .settings()
                .orElseThrow(
                    () ->
                        new AerieException(
                            ErrorCode.NOT_FOUND, "There are no settings of an LDAP directory"))),
        json,
        out);
  }
}
