package io.aerie.shell.commands;

import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.ScrubAdministration.Control;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code scrub:cancel}. */
@Service
@Requires(Permission.SCRUBS_CHANGE)
@Command(scope = "scrub", name = "cancel", description = "Ends a scrub")
public final class ScrubCancelCommand extends ScrubControlCommand {
  /** With what is to become of it. */
  public ScrubCancelCommand() {
    super(Control.CANCEL);
  }
}
