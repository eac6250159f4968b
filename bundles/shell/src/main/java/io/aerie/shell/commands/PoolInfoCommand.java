package io.aerie.shell.commands;

import io.aerie.face.StorageObjects;
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

/** {@code pool:info}. */
@Service
@Requires(Permission.POOLS_READ)
@Command(scope = "pool", name = "info", description = "One pool")
public final class PoolInfoCommand extends AerieCommand {
  @Argument(name = "POOL", description = "Name or id", required = true)
  @Completion(PoolCompleter.class)
  String pool;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    ObjectPrinter.print(
        StorageObjects.one(storage, "pool", pool, StorageAdministration::pools), json, out);
  }
}
