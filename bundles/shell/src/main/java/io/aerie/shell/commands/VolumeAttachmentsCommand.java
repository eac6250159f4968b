package io.aerie.shell.commands;

import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.VolumeCompleter;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:attachments}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(
    scope = "volume",
    name = "attachments",
    description = "Who has a volume open, or any, through whichever node")
public final class VolumeAttachmentsCommand extends ListCommand {
  @Argument(name = "VOLUME", description = "Name or id; all unless told")
  @Completion(VolumeCompleter.class)
  String volume;

  /** With its columns. */
  public VolumeAttachmentsCommand() {
    super("id", "volume", "node", "name", "initiator");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return volume == null
        ? StorageObjects.attachments(subsystems)
        : StorageObjects.attachments(subsystems, volume);
  }
}
