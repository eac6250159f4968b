package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code scrub:list}. */
@Service
@Requires(Permission.SCRUBS_READ)
@Command(scope = "scrub", name = "list", description = "Scrubs that go on, and the last that ended")
public final class ScrubListCommand extends ListCommand {
  /** With its columns. */
  public ScrubListCommand() {
    super(
        "id",
        "scope",
        "subject",
        "state",
        "volumesDone",
        "volumesTotal",
        "blocksChecked",
        "pagesFound",
        "pagesRepaired",
        "pagesUnrepairable",
        "startedAt");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).scrubs();
  }
}
