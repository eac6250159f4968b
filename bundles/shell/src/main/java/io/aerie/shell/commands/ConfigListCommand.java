package io.aerie.shell.commands;

import io.aerie.config.ConfigStore;
import io.aerie.face.Await;
import io.aerie.face.SecretPaths;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ConfigPathCompleter;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code aerie-config:list}. */
@Service
@Requires(Permission.CONFIG_READ)
@Command(scope = "aerie-config", name = "list", description = "All documents of ConfigDB")
public final class ConfigListCommand extends ListCommand {
  @Argument(name = "PREFIX", description = "At or below this path")
  @Completion(ConfigPathCompleter.class)
  String prefix = "";

  /** With its columns. */
  public ConfigListCommand() {
    super("id", "type", "revision");
  }

  @Override
  List<?> objects(Subsystems subsystems) {
    boolean secrets = caller().may(Permission.CONFIG_SECRETS_READ);
    return Await.result(subsystems.require(ConfigStore.class).list(prefix)).stream()
        .filter(document -> secrets || !SecretPaths.isSecret(document.path()))
        .toList();
  }
}
