package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.audit.AuditViews;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code audit:list}. */
@Service
@Requires(Permission.AUDIT_READ)
@Command(
    scope = "audit",
    name = "list",
    description = "What was changed and refused through this node, the newest first")
public final class AuditListCommand extends AerieCommand {
  private static final int LIMIT_MAX = 1_000;

  @Option(name = "--limit", description = "At most so many, 1 to 1000")
  int limit = 50;

  @Option(name = "--before", description = "Only those before this one")
  Long before;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + limit + "' is not a limit",
          "A limit is a number from 1 to " + LIMIT_MAX + ".",
          "");
    }
    OptionalLong end = before == null ? OptionalLong.empty() : OptionalLong.of(before.longValue());
    List<ObjectNode> entries =
        subsystems.require(AuditLog.class).list(end, limit).stream().map(AuditViews::of).toList();
    if (json) {
      out.println(Views.pretty(entries));
    } else {
      new Table("id", "time", "user", "source", "action", "outcome", "begun", "details")
          .print(entries, out);
    }
  }
}
