package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.DiskCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code disk:remove}. */
@Service
@Requires(Permission.DISKS_CHANGE)
@Command(
    scope = "disk",
    name = "remove",
    description = "Takes a disk out of the cluster that was drained or given up")
public final class DiskRemoveCommand extends AerieCommand {
  @Argument(name = "DISK", description = "Id, as disk:list shows it", required = true)
  @Completion(DiskCompleter.class)
  String id;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectPrinter.print(
        "removed", Await.result(storage.removeDisk(id, expected, dryRun)), json, out);
  }
}
