package io.aerie.shell.commands;

import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.ScrubAdministration.Control;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code scrub:pause}. */
@Service
@Requires(Permission.SCRUBS_CHANGE)
@Command(scope = "scrub", name = "pause", description = "Holds a scrub")
public final class ScrubPauseCommand extends ScrubControlCommand {
  /** With what is to become of it. */
  public ScrubPauseCommand() {
    super(Control.PAUSE);
  }
}
