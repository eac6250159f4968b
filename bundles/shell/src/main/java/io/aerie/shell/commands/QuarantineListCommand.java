package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code quarantine:list}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(
    scope = "quarantine",
    name = "list",
    description = "What disks hold of volumes that are not known")
public final class QuarantineListCommand extends ListCommand {
  /** With its columns. */
  public QuarantineListCommand() {
    super("id", "blocks", "heldBytes", "nodes", "disks");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).quarantine();
  }
}
