package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
    try (InputStream content = Files.newInputStream(Path.of(file))) {
      PackageView made = Await.result(upgrades.upload(content), UpgradeRuns.LIMIT);
      ObjectNode view = Views.of(made);
      if (json) {
        out.println(Views.pretty(view));
      } else {
        out.println("kept: " + made.id());
        new Table("symbolicName", "version", "exchange", "drained")
            .print(view.path("bundles"), out);
      }
    } catch (NoSuchFileException e) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no file " + file, "", "", e);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "Reading " + file + " failed", e.toString(), "", e);
    }
  }
}
