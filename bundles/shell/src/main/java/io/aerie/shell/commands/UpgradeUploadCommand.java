package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** {@code upgrade:upload}. */
@Service
@Requires(Permission.UPGRADES_CHANGE)
@Command(
    scope = "upgrade",
    name = "upload",
    description = "Verifies an upgrade package, keeps it and has all nodes fetch it")
public final class UpgradeUploadCommand extends AerieCommand {
  @Argument(name = "file", description = "The package: a file of this node", required = true)
  @Completion(FileCompleter.class)
  String file;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    UpgradeAdministration upgrades = subsystems.require(UpgradeAdministration.class);
    PackageView made =
        PackageFile.read(
            file, content -> Await.result(upgrades.upload(content), UpgradeRuns.LIMIT));
    ObjectNode view = Views.of(made);
    if (json) {
      out.println(Views.pretty(view));
    } else {
      out.println("kept: " + made.id());
      new Table("symbolicName", "version", "exchange", "drained").print(view.path("bundles"), out);
    }
  }
}
