package io.aerie.shell.commands;

import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change.Put;
import io.aerie.config.ConfigTransaction.Condition;
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

/** {@code aerie-config:set}. */
@Service
@Requires(Permission.CONFIG_CHANGE)
@Command(
    scope = "aerie-config",
    name = "set",
    description = "Writes a document and prints its revision")
public final class ConfigSetCommand extends AerieCommand {
  @Argument(name = "PATH", description = "Where", required = true)
  @Completion(ConfigPathCompleter.class)
  String path;

  @Argument(index = 1, name = "DOCUMENT", description = "A JSON object", required = true)
  String document;

  @Option(name = "--type", description = "The kind of document; that which it has unless told")
  String type;

  @Option(name = "--revision", description = "Only if it still has this revision; 0: only if new")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    RawDocuments.checkChange(path);
    List<Condition> conditions =
        revision == null ? List.of() : List.of(new Condition(path, revision));
    ConfigStore store = subsystems.require(ConfigStore.class);
    String kind = RawDocuments.type(type, Await.result(store.get(path)));
    ConfigTransaction transaction =
        new ConfigTransaction(conditions, List.of(new Put(path, kind, document)));
    ConfigOutcome.print(store, transaction, path, dryRun, json, out);
  }
}
