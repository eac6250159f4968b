package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code job:list}. */
@Service
@Requires(Permission.JOBS_READ)
@Command(scope = "job", name = "list", description = "Work that goes on by itself")
public final class JobListCommand extends ListCommand {
  static final String[] COLUMNS = {
    "id",
    "kind",
    "state",
    "subject",
    "groupsDone",
    "groupsTotal",
    "doneBytes",
    "rateBytesPerSecond",
    "secondsLeft"
  };

  /** With its columns. */
  public JobListCommand() {
    super(COLUMNS);
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return subsystems.require(StorageAdministration.class).jobs();
  }
}
