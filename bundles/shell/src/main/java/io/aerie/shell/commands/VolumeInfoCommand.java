package io.aerie.shell.commands;

import io.aerie.face.StorageObjects;
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

/** {@code volume:info}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(scope = "volume", name = "info", description = "One volume")
public final class VolumeInfoCommand extends AerieCommand {
  @Argument(name = "VOLUME", description = "Name or id", required = true)
  @Completion(VolumeCompleter.class)
  String volume;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    ObjectPrinter.print(
        StorageObjects.one(storage, "volume", volume, StorageAdministration::volumes), json, out);
  }
}
