package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.FailureDomainCompleter;
import io.aerie.shell.completion.PoolCompleter;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code pool:spread}. */
@Service
@Requires(Permission.POOLS_CHANGE)
@Command(
    scope = "pool",
    name = "spread",
    description = "Has a pool keep copies and fragments in domains of another level")
public final class PoolSpreadCommand extends AerieCommand {
  @Argument(name = "POOL", description = "Name or id", required = true)
  @Completion(PoolCompleter.class)
  String pool;

  @Argument(index = 1, name = "LEVEL", description = "disk, node, rack or site", required = true)
  @Completion(FailureDomainCompleter.class)
  String level;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectPrinter.print(
        "spread",
        Views.of(
            Await.result(
                subsystems
                    .require(StorageAdministration.class)
                    .spreadPool(pool, FailureDomain.parse(level), expected, dryRun))),
        dryRun,
        json,
        out);
  }
}
