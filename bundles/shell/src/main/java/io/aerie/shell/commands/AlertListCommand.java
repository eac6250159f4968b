package io.aerie.shell.commands;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.alerts.Alerts;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code alert:list}. */
@Service
@Requires(Permission.ALERTS_READ)
@Command(scope = "alert", name = "list", description = "What is wrong now; empty when all is well")
public final class AlertListCommand extends ListCommand {
  /** With its columns. */
  public AlertListCommand() {
    super("severity", "code", "subject", "name", "remedy");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    return Alerts.of(subsystems);
  }
}
