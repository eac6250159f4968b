package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.IscsiTargets;
import io.aerie.face.IscsiTargets.Chap;
import io.aerie.face.IscsiTargets.Lun;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.LunCompleter;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;

/** {@code target:create}. */
@Service
@Requires(Permission.TARGETS_CHANGE)
@Command(
    scope = "target",
    name = "create",
    description =
        "Makes an iSCSI target; with --chap-user asks for the secret, or reads it as a line of"
            + " standard input")
public final class TargetCreateCommand extends AerieCommand {
  @Argument(name = "NAME", description = "iqn.2026-01.org.example:disks", required = true)
  String name;

  @Option(name = "--lun", description = TargetOptions.LUN_DESCRIPTION, multiValued = true)
  @Completion(LunCompleter.class)
  List<String> luns = List.of();

  @Option(
      name = "--initiator",
      description = "Who may use it; may be repeated; none: all",
      multiValued = true)
  List<String> initiators = List.of();

  @Option(name = "--chap-user", description = "Initiators prove to be it")
  String chapUser;

  @Option(name = "--mutual-user", description = "The target proves to be it, with another secret")
  String mutualUser;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    List<Lun> units = luns.stream().map(TargetOptions::lun).toList();
    Chap chap = TargetOptions.chap(session, chapUser, mutualUser);
    ObjectNode made = new IscsiTargets(subsystems).create(name, units, initiators, chap, dryRun);
    out.println(json ? Views.pretty(made) : (dryRun ? "would be created: " : "created: ") + name);
  }
}
