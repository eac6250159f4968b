package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.UpgradeVersionCompleter;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code upgrade:delete}. */
@Service
@Requires(Permission.UPGRADES_CHANGE)
@Command(
    scope = "upgrade",
    name = "delete",
    description = "Removes an upgrade package from all nodes; what runs of it stays")
public final class UpgradeDeleteCommand extends AerieCommand {
  @Argument(name = "VERSION", description = "The package's", required = true)
  @Completion(UpgradeVersionCompleter.class)
  String version;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectNode removed =
        Views.of(
            Await.result(
                subsystems.require(UpgradeAdministration.class).delete(version, expected, dryRun),
                UpgradeRuns.LIMIT));
    out.println(
        json ? Views.pretty(removed) : (dryRun ? "would be deleted: " : "deleted: ") + version);
  }
}
