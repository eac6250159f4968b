package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ReservedVolumeCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code target:reservation-clear}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(
    scope = "target",
    name = "reservation-clear",
    description = "Forgets who has reserved a volume, and all who are registered with it")
public final class TargetReservationClearCommand extends AerieCommand {
  @Argument(name = "VOLUME", description = "Name or id", required = true)
  @Completion(ReservedVolumeCompleter.class)
  String volume;

  @Option(name = "--force", description = "Also if one of them has the volume open")
  boolean force;

  @Option(name = "--revision", description = "Only if they still have this revision")
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
        "cleared",
        Views.of(Await.result(storage.clearReservation(volume, force, expected, dryRun))),
        dryRun,
        json,
        out);
  }
}
