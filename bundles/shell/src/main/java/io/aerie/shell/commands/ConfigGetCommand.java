package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.Document;
import io.aerie.face.Await;
import io.aerie.face.SecretPaths;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ConfigPathCompleter;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code aerie-config:get}. */
@Service
@Requires(Permission.CONFIG_READ)
@Command(scope = "aerie-config", name = "get", description = "A document of ConfigDB")
public final class ConfigGetCommand extends AerieCommand {
  @Argument(name = "PATH", description = "Where", required = true)
  @Completion(ConfigPathCompleter.class)
  String path;

  @Option(name = "--json", description = "Accepted as by all: it prints JSON in any case")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    if (SecretPaths.isSecret(path)) {
      caller().require(Permission.CONFIG_SECRETS_READ);
    }
    Document document =
        Await.result(subsystems.require(ConfigStore.class).get(path))
            .orElseThrow(
                () ->
                    new AerieException(ErrorCode.NOT_FOUND, "There is no document '" + path + "'"));
    out.println(Views.pretty(Views.of(document)));
  }
}
