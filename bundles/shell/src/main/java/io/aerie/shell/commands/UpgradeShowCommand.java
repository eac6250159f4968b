package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code upgrade:show}. */
@Service
@Requires(Permission.UPGRADES_READ)
@Command(
    scope = "upgrade",
    name = "show",
    description = "How far the upgrade is, or how the last one ended")
public final class UpgradeShowCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UpgradeRuns.print(
        subsystems
            .require(UpgradeAdministration.class)
            .run()
            .orElseThrow(
                () ->
                    new AerieException(
                        ErrorCode.NOT_FOUND, "This cluster has not been upgraded yet")),
        json,
        out);
  }
}
