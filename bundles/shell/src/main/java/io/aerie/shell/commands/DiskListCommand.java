package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code disk:list}. */
@Service
@Requires(Permission.DISKS_READ)
@Command(scope = "disk", name = "list", description = "The disks of all nodes")
public final class DiskListCommand extends ListCommand {
  /** With its columns. */
  public DiskListCommand() {
    super(
        "id",
        "node",
        "path",
        "pool",
        "state",
        "duty",
        "capacityBytes",
        "usedBytes",
        "speedPercent");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).disks();
  }
}
