package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code pool:list}. */
@Service
@Requires(Permission.POOLS_READ)
@Command(scope = "pool", name = "list", description = "The pools")
public final class PoolListCommand extends ListCommand {
  /** With its columns. */
  public PoolListCommand() {
    super(
        "name",
        "state",
        "capacityBytes",
        "usedBytes",
        "reservedBytes",
        "redundantBytes",
        "availableBytes",
        "diskCount",
        "failureDomain",
        "rebalance");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).pools();
  }
}
