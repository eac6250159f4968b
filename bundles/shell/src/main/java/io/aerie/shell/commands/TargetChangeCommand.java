package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.IscsiTargetEdit;
import io.aerie.face.IscsiTargets;
import io.aerie.face.IscsiTargets.Chap;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.LunCompleter;
import io.aerie.shell.completion.TargetCompleter;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;

/** {@code target:change}. */
@Service
@Requires(Permission.TARGETS_CHANGE)
@Command(
    scope = "target",
    name = "change",
    description =
        "Adds and removes LUNs and initiators of an iSCSI target, or changes what they prove; all"
            + " else stays")
public final class TargetChangeCommand extends AerieCommand {
  @Argument(name = "NAME", description = "The target", required = true)
  @Completion(TargetCompleter.class)
  String name;

  @Option(name = "--add-lun", description = TargetOptions.LUN_DESCRIPTION, multiValued = true)
  @Completion(LunCompleter.class)
  List<String> addedLuns = List.of();

  @Option(name = "--remove-lun", description = "Its number; may be repeated", multiValued = true)
  List<Integer> removedLuns = List.of();

  @Option(
      name = "--add-initiator",
      description = "Who may use it, too; may be repeated",
      multiValued = true)
  List<String> addedInitiators = List.of();

  @Option(
      name = "--remove-initiator",
      description = "Who may no longer; may be repeated",
      multiValued = true)
  List<String> removedInitiators = List.of();

  @Option(name = "--any-initiator", description = "All may use it, whatever the list was")
  boolean anyInitiator;

  @Option(name = "--chap-user", description = "Initiators prove to be it, with a new secret")
  String chapUser;

  @Option(name = "--mutual-user", description = "The target proves to be it, with another secret")
  String mutualUser;

  @Option(name = "--no-chap", description = "Nobody proves anything")
  boolean withoutChap;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    IscsiTargetEdit edit =
        new IscsiTargetEdit(
            addedLuns.stream().map(TargetOptions::lun).toList(),
            removedLuns,
            addedInitiators,
            removedInitiators,
            anyInitiator,
            chap());
    ObjectNode changed =
        edit.apply(new IscsiTargets(subsystems), name, ExpectedRevision.of(revision), dryRun);
    out.println(
        json ? Views.pretty(changed) : (dryRun ? "would be changed: " : "changed: ") + name);
  }

  private Chap chap() {
    if (withoutChap && (chapUser != null || mutualUser != null)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "Either a user of CHAP, or none, but not both", "", "");
    }
    return withoutChap ? Chap.NONE : TargetOptions.chap(session, chapUser, mutualUser);
  }
}
