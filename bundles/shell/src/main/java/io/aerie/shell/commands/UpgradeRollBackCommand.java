package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code upgrade:roll-back}. */
@Service
@Requires(Permission.UPGRADES_CHANGE)
@Command(
    scope = "upgrade",
    name = "roll-back",
    description = "Brings nodes with the new version back to the former")
public final class UpgradeRollBackCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UpgradeAdministration upgrades = subsystems.require(UpgradeAdministration.class);
    UpgradeRuns.print(Await.result(upgrades.rollBack(), UpgradeRuns.LIMIT), json, out);
  }
}
