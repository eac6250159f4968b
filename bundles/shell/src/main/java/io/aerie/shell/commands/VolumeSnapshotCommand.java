package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.VolumeCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:snapshot}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(
    scope = "volume",
    name = "snapshot",
    description = "Keeps what a volume holds now, while clients write on")
public final class VolumeSnapshotCommand extends AerieCommand {
  @Argument(name = "VOLUME", description = "Name or id", required = true)
  @Completion(VolumeCompleter.class)
  String volume;

  @Argument(index = 1, name = "NAME", description = "The snapshot", required = true)
  String name;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    ObjectPrinter.print(
        "created", Await.result(storage.createSnapshot(volume, name, dryRun)), json, out);
  }
}
