package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.audit.AuditLog.Verification;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.audit.AuditViews;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code audit:verify}. */
@Service
@Requires(Permission.AUDIT_READ)
@Command(
    scope = "audit",
    name = "verify",
    description = "Checks this node's audit log, and names its first broken entry")
public final class AuditVerifyCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Verification found = subsystems.require(AuditLog.class).verify();
    if (json) {
      out.println(Views.pretty(AuditViews.of(found)));
    }
    found
        .broken()
        .ifPresent(
            broken -> {
              throw new AerieException(
                  ErrorCode.CORRUPT,
                  "The audit log is broken at entry " + broken.sequence(),
                  broken.where() + ": " + broken.why() + ".",
                  "Entries before it are good; keep the files as evidence.");
            });
    if (!json) {
      out.println("good: entries " + found.firstSequence() + " to " + found.lastSequence());
    }
  }
}
