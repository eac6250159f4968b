package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change.Delete;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.face.Await;
import io.aerie.face.RawDocuments;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ConfigPathCompleter;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code aerie-config:delete}. */
@Service
@Requires(Permission.CONFIG_CHANGE)
@Command(
    scope = "aerie-config",
    name = "delete",
    description = "Removes a document and prints the revision")
public final class ConfigDeleteCommand extends AerieCommand {
  @Argument(name = "PATH", description = "Where", required = true)
  @Completion(ConfigPathCompleter.class)
  String path;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    RawDocuments.checkChange(path);
    ConfigStore store = subsystems.require(ConfigStore.class);
    Document before =
        Await.result(store.get(path))
            .orElseThrow(
                () ->
                    new AerieException(ErrorCode.NOT_FOUND, "There is no document '" + path + "'"));
    // what was looked at is what is removed
    long expected = revision == null ? before.revision() : revision;
    ConfigTransaction transaction =
        new ConfigTransaction(List.of(new Condition(path, expected)), List.of(new Delete(path)));
    ConfigOutcome.print(store, transaction, path, dryRun, json, out);
  }
}
