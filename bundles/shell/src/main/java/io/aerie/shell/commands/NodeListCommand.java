package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code node:list}. */
@Service
@Requires(Permission.NODES_READ)
@Command(scope = "node", name = "list", description = "The nodes")
public final class NodeListCommand extends ListCommand {
  /** With its columns. */
  public NodeListCommand() {
    super("name", "state", "duty", "incarnation", "diskCount", "ownedVolumes", "rack", "site");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).nodes();
  }
}
