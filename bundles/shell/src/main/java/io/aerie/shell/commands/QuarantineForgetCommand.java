package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.QuarantineCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code quarantine:forget}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(
    scope = "quarantine",
    name = "forget",
    description = "Gives up what disks hold of a volume that is not known")
public final class QuarantineForgetCommand extends AerieCommand {
  @Argument(name = "VOLUME", description = "Its number", required = true)
  @Completion(QuarantineCompleter.class)
  String volume;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ObjectPrinter.print(
        "forgotten",
        Views.of(
            Await.result(
                subsystems.require(StorageAdministration.class).forgetQuarantined(volume, dryRun))),
        dryRun,
        json,
        out);
  }
}
