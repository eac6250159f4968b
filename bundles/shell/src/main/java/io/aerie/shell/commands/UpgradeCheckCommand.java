package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.PackagedFile;
import io.aerie.upgrade.make.PackageMaker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
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
  @Argument(name = "file", description = "The package: a file of this node", required = true)
  @Completion(FileCompleter.class)
  String file;

  @Option(name = "--json", description = "Print JSON")
  boolean json;

  /**
   * The distribution that runs. What lies there no node writes, so it can't be talked out of its
   * key.
   */
  Path home = Path.of(System.getProperty("karaf.home", ""));

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ObjectNode view = view(checked());
    if (json) {
      out.println(Views.pretty(view));
      return;
    }
    out.printf(
        "upgrades %s to %s%n", view.path("from").get(0).asText(), view.path("version").asText());
    new Table("symbolicName", "version", "exchange", "drained").print(view.path("bundles"), out);
  }

  private PackageManifest checked() {
    try {
      return PackageMaker.check(Path.of(file), home);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "The distribution of this node can't be read", e.toString(), "", e);
    }
  }

  private static ObjectNode view(PackageManifest manifest) {
    ObjectNode view =
        Views.mapper().createObjectNode().put("version", manifest.version().toString());
    ArrayNode from = view.putArray("from");
    new TreeSet<>(manifest.fromVersions()).forEach(version -> from.add(version.toString()));
    ArrayNode bundles = view.putArray("bundles");
    manifest.files().stream()
        .map(PackagedFile::bundle)
        .flatMap(Optional::stream)
        .forEach(bundle -> describe(bundle, bundles.addObject()));
    return view;
  }

  private static void describe(PackagedBundle bundle, ObjectNode node) {
    node.put("symbolicName", bundle.symbolicName())
        .put("version", bundle.version())
        .put("exchange", bundle.exchange().text())
        .put("drained", bundle.drained());
  }
}
