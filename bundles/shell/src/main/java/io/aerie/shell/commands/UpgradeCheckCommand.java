package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import java.io.PrintStream;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** {@code upgrade:check}. */
@Service
@Requires(Permission.UPGRADES_READ)
@Command(
    scope = "upgrade",
    name = "check",
    description = "Verifies an upgrade package, and tells whether it is for this node's version")
public final class UpgradeCheckCommand extends AerieCommand {
  /** What can be told of a file that nobody keeps. */
  private static final Set<String> SHOWN = Set.of("version", "from", "bundles");

  @Argument(name = "file", description = "The package: a file of this node", required = true)
  @Completion(FileCompleter.class)
  String file;

  @Option(name = "--json", description = "Print JSON")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UpgradeAdministration upgrades = subsystems.require(UpgradeAdministration.class);
    PackageView checked = PackageFile.read(file, upgrades::check);
    ObjectNode view = Views.of(checked).put("version", checked.id()).retain(SHOWN);
    if (json) {
      out.println(Views.pretty(view));
      return;
    }
    out.printf("upgrades %s to %s%n", checked.from().get(0), checked.id());
    new Table("symbolicName", "version", "exchange", "drained").print(view.path("bundles"), out);
  }
}
