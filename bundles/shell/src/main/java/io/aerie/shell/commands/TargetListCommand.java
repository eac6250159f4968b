package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.IscsiTargets;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code target:list}. */
@Service
@Requires(Permission.TARGETS_READ)
@Command(scope = "target", name = "list", description = "The iSCSI targets")
public final class TargetListCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    List<ObjectNode> targets = new IscsiTargets(subsystems).list();
    if (json) {
      out.println(Views.pretty(targets));
    } else {
      new Table("name", "luns", "initiators", "chap").print(targets, out);
    }
  }
}
