package io.aerie.shell.commands;

import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigLogMove.Outcome;
import io.aerie.config.transfer.ConfigLogMove.Step;
import io.aerie.config.transfer.ConfigLogMove.Wish;
import io.aerie.face.LogMoveViews;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.LogProviderCompleter;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code aerie-config:log-move}. */
@Service
@Requires(Permission.CONFIG_CHANGE)
@Command(
    scope = "aerie-config",
    name = "log-move",
    description = "Moves ConfigDB's replicated log to the other provider, while all goes on")
public final class ConfigLogMoveCommand extends AerieCommand {
  @Argument(name = "provider", description = "atomix or ratis", required = true)
  @Completion(LogProviderCompleter.class)
  String provider;

  @Option(name = "--dry-run", description = "Change nothing, tell whether it could be moved")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Outcome outcome =
        new Steps(out, json, LogMoveViews.LIMIT)
            .follow(
                step -> step.name().toLowerCase(Locale.ROOT),
                (Consumer<Step> tell) ->
                    subsystems.require(ConfigLogMove.class).move(new Wish(provider, dryRun), tell));
    if (json) {
      out.println(Views.pretty(LogMoveViews.of(outcome)));
      return;
    }
    outcome
        .waitingFor()
        .forEach(node -> out.println("not confirmed yet: " + node + " follows by itself"));
    out.printf(
        "%s: %s to %s, revision %d, nodes %s%n",
        outcome.dryRun() ? "could be moved" : "moved",
        outcome.from(),
        outcome.to(),
        outcome.revision(),
        String.join(", ", outcome.nodes()));
  }
}
