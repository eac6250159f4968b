package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.UpgradeVersionCompleter;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code upgrade:start}. */
@Service
@Requires(Permission.UPGRADES_CHANGE)
@Command(
    scope = "upgrade",
    name = "start",
    description = "Upgrades all nodes, one after the other; upgrade:plan tells what that does")
public final class UpgradeStartCommand extends AerieCommand {
  @Argument(name = "VERSION", description = "Whereto", required = true)
  @Completion(UpgradeVersionCompleter.class)
  String version;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UpgradeAdministration upgrades = subsystems.require(UpgradeAdministration.class);
    UpgradeRuns.print(Await.result(upgrades.start(version), UpgradeRuns.LIMIT), json, out);
  }
}
