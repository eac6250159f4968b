package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.UpgradeVersionCompleter;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.CheckView;
import io.aerie.upgrade.admin.UpgradeViews.PlanView;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code upgrade:plan}. */
@Service
@Requires(Permission.UPGRADES_READ)
@Command(
    scope = "upgrade",
    name = "plan",
    description = "Tells what an upgrade would do on which node, and whether all checks pass")
public final class UpgradePlanCommand extends AerieCommand {
  @Argument(name = "VERSION", description = "Whereto", required = true)
  @Completion(UpgradeVersionCompleter.class)
  String version;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    PlanView plan =
        Await.result(
            subsystems.require(UpgradeAdministration.class).plan(version), UpgradeRuns.LIMIT);
    ObjectNode view = Views.of(plan);
    if (json) {
      out.println(Views.pretty(view));
      return;
    }
    new Table("node", "version", "swapped", "restarts", "drained").print(view.path("nodes"), out);
    for (CheckView check : plan.checks()) {
      out.println((check.passed() ? "ok: " : check.code() + ": ") + check.what() + ".");
      if (!check.passed()) {
        out.println("  " + (check.why() + " " + check.remedy()).strip());
      }
    }
    out.println(plan.allowed() ? "It can be started." : "It would be refused.");
  }
}
