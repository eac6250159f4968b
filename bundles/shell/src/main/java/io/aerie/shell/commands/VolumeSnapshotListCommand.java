package io.aerie.shell.commands;

import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.VolumeCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:snapshot-list}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(scope = "volume", name = "snapshot-list", description = "Snapshots, of one volume or all")
public final class VolumeSnapshotListCommand extends ListCommand {
  @Argument(name = "VOLUME", description = "Name or id; all unless told")
  @Completion(VolumeCompleter.class)
  String volume;

  /** With its columns. */
  public VolumeSnapshotListCommand() {
    super("name", "volume", "sizeBytes", "state", "cloneCount", "createdAt");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    return volume == null ? storage.snapshots() : StorageObjects.snapshots(storage, volume);
  }
}
