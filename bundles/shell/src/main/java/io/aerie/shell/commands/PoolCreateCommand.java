package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.FailureDomainCompleter;
import io.aerie.storage.admin.FailureDomain;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code pool:create}. */
@Service
@Requires(Permission.POOLS_CHANGE)
@Command(
    scope = "pool",
    name = "create",
    description = "Makes a pool of the disks that were added under its name")
public final class PoolCreateCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The pool", required = true)
  String name;

  @Option(
      name = "--failure-domain",
      description = "Each copy or fragment is in another disk, node, rack or site")
  @Completion(FailureDomainCompleter.class)
  String failureDomain = FailureDomain.NODE.toString();

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    ObjectPrinter.print(
        "created",
        Await.result(storage.createPool(name, FailureDomain.parse(failureDomain), dryRun)),
        json,
        out);
  }
}
