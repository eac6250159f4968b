package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code upgrade:list}. */
@Service
@Requires(Permission.UPGRADES_READ)
@Command(
    scope = "upgrade",
    name = "list",
    description = "Lists upgrade packages, and which nodes have each")
public final class UpgradeListCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ArrayNode packages = Views.mapper().createArrayNode();
    Await.result(subsystems.require(UpgradeAdministration.class).packages(), UpgradeRuns.LIMIT)
        .forEach(each -> packages.add(Views.of(each)));
    if (json) {
      out.println(Views.pretty(packages));
    } else {
      new Table("id", "from", "exchange", "sizeBytes", "nodes").print(packages, out);
    }
  }
}
