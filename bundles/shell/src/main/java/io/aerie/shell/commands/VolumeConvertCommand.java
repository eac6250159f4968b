package io.aerie.shell.commands;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ProtectionCompleter;
import io.aerie.shell.completion.VolumeCompleter;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:convert}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(scope = "volume", name = "convert", description = "Gives a volume another protection")
public final class VolumeConvertCommand extends AerieCommand {
  @Argument(name = "VOLUME", description = "Name or id", required = true)
  @Completion(VolumeCompleter.class)
  String volume;

  @Option(name = "--protection", description = "rf2, rf3 or ecX+Y", required = true)
  @Completion(ProtectionCompleter.class)
  String protection;

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
        "begun to convert",
        Await.result(storage.convertVolume(volume, Protection.parse(protection), expected, dryRun)),
        json,
        out);
  }
}
