package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;

/** {@code target:create}. The secret is no argument: those stay in histories. */
@Service
@Requires(Permission.TARGETS_CHANGE)
@Command(
    scope = "target",
    name = "create",
    description =
        "Makes an iSCSI target; with --chap-user asks for the secret, or reads it as a line of"
            + " standard input")
public final class TargetCreateCommand extends AerieCommand {
  private static final Pattern LUN =
      Pattern.compile("([0-9]{1,5})=([^,]+?)(,read-only)?(?:,block-size=([0-9]{1,5}))?");

  @Argument(name = "NAME", description = "iqn.2026-01.org.example:disks", required = true)
  String name;

  @Option(
      name = "--lun",
      description =
          "NUMBER=VOLUME[,read-only][,block-size=BYTES], as 1=v1 or 2=v2,read-only,block-size=4096;"
              + " may be repeated",
      multiValued = true)
  @Completion(LunCompleter.class)
  List<String> luns = List.of();

  @Option(
      name = "--initiator",
      description = "Who may use it; may be repeated; none: all",
      multiValued = true)
  List<String> initiators = List.of();

  @Option(name = "--chap-user", description = "Initiators prove to be it")
  String chapUser;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    List<Lun> units = luns.stream().map(TargetCreateCommand::lun).toList();
    Chap chap =
        chapUser == null
            ? null
            : new Chap(chapUser, new String(PasswordPrompt.read(session)), null, null);
    ObjectNode made = new IscsiTargets(subsystems).create(name, units, initiators, chap, dryRun);
    out.println(json ? Views.pretty(made) : (dryRun ? "would be created: " : "created: ") + name);
  }

  private static Lun lun(String text) {
    Matcher matcher = LUN.matcher(text);
    if (!matcher.matches()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + text + "' is not a LUN",
          "",
          "Write NUMBER=VOLUME[,read-only][,block-size=BYTES].");
    }
    return new Lun(
        Integer.valueOf(matcher.group(1)),
        matcher.group(2),
        matcher.group(3) != null,
        matcher.group(4) == null ? null : Integer.valueOf(matcher.group(4)));
  }
}
