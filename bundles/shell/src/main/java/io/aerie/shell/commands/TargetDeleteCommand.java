package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.IscsiTargets;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.TargetCompleter;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code target:delete}. */
@Service
@Requires(Permission.TARGETS_CHANGE)
@Command(
    scope = "target",
    name = "delete",
    description = "Removes an iSCSI target; its volumes stay")
public final class TargetDeleteCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The target", required = true)
  @Completion(TargetCompleter.class)
  String name;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    OptionalLong expected = ExpectedRevision.of(revision);
    ObjectNode removed = new IscsiTargets(subsystems).delete(name, expected, dryRun);
    out.println(
        json ? Views.pretty(removed) : (dryRun ? "would be deleted: " : "deleted: ") + name);
  }
}
