package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
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

/** {@code disk:speed}. */
@Service
@Requires(Permission.DISKS_CHANGE)
@Command(scope = "disk", name = "speed", description = "Says how fast a disk is")
public final class DiskSpeedCommand extends AerieCommand {
  @Argument(name = "DISK", description = "Its id", required = true)
  @Completion(DiskCompleter.class)
  String disk;

  @Argument(index = 1, name = "PERCENT", description = "100 as its peers", required = true)
  int percent;

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
        "measured",
        Views.of(
            Await.result(
                subsystems
                    .require(StorageAdministration.class)
                    .measureDisk(disk, percent, expected, dryRun))),
        dryRun,
        json,
        out);
  }
}
