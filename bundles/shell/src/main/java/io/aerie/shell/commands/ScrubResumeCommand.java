package io.aerie.shell.commands;

import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.ScrubAdministration.Control;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code scrub:resume}. */
@Service
@Requires(Permission.SCRUBS_CHANGE)
@Command(scope = "scrub", name = "resume", description = "Lets a scrub go on")
public final class ScrubResumeCommand extends ScrubControlCommand {
  /** With what is to become of it. */
  public ScrubResumeCommand() {
    super(Control.RESUME);
  }
}
