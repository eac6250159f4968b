package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.PoolCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code disk:add}. */
@Service
@Requires(Permission.DISKS_CHANGE)
@Command(
    scope = "disk",
    name = "add",
    description = "Formats a disk of this node and adds it to a pool")
public final class DiskAddCommand extends AerieCommand {
  @Argument(name = "PATH", description = "Block device or file on this node", required = true)
  String path;

  @Option(name = "--pool", description = "The pool")
  @Completion(PoolCompleter.class)
  String pool = "default";

  @Option(name = "--force", description = "Take it even if it holds something that is not ours")
  boolean force;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    ObjectPrinter.print(
        "added", Await.result(storage.addDisk(path, pool, force, dryRun)), json, out);
  }
}
