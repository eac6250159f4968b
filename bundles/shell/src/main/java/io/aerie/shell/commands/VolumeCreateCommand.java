package io.aerie.shell.commands;

import io.aerie.base.ByteSize;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.PoolCompleter;
import io.aerie.shell.completion.ProtectionCompleter;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:create}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(scope = "volume", name = "create", description = "Makes a thin volume")
public final class VolumeCreateCommand extends AerieCommand {
  @Argument(
      name = "NAME",
      description = "The volume, also the name of its NBD export",
      required = true)
  String name;

  @Option(name = "--size", description = "4G, 512MiB", required = true)
  String size;

  @Option(
      name = "--protection",
      description = "rf2, rf3, or an erasure code as ec4+2",
      required = true)
  @Completion(ProtectionCompleter.class)
  String protection;

  @Option(name = "--pool", description = "The pool")
  @Completion(PoolCompleter.class)
  String pool = "default";

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    ObjectPrinter.print(
        "created",
        Await.result(
            storage.createVolume(
                name, ByteSize.parse(size), pool, Protection.parse(protection), dryRun)),
        json,
        out);
  }
}
