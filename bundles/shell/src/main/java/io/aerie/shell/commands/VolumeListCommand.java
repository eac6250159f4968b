package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:list}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(scope = "volume", name = "list", description = "The volumes")
public final class VolumeListCommand extends ListCommand {
  /** With its columns. */
  public VolumeListCommand() {
    super("name", "pool", "sizeBytes", "protection", "state", "owner", "reservation");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).volumes();
  }
}
