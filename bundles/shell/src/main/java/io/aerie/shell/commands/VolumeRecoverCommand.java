package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.PoolCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:recover}. */
@Service
@Requires(Permission.POOLS_CHANGE)
@Command(
    scope = "volume",
    name = "recover",
    description = "Lists what lost all complete copies; with --accept-stale goes on with others")
public final class VolumeRecoverCommand extends AerieCommand {
  private static final Table TABLE =
      new Table(
          "name",
          "group",
          "affectedBytes",
          "copy",
          "disk",
          "node",
          "staleSince",
          "groupEpoch",
          "refusal");

  @Argument(name = "POOL", description = "Name or id; all when not given")
  @Completion(PoolCompleter.class)
  String pool;

  @Option(
      name = "--accept-stale",
      description = "Go on with the copies listed: what they lack is lost for good")
  boolean acceptStale;

  @Option(name = "--revision", description = "Only if the pool still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected boolean onlyLooks() {
    return !acceptStale || super.onlyLooks();
  }

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    if (!acceptStale) {
      list(storage, out);
      return;
    }
    if (pool == null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "Stale copies are accepted of one pool at a time",
          "What they lack is lost for good.",
          "Name the pool.");
    }
    ObjectPrinter.print(
        "gone on with stale copies",
        Await.result(storage.acceptStale(pool, ExpectedRevision.of(revision), dryRun)),
        json,
        out);
  }

  private void list(StorageAdministration storage, PrintStream out) {
    List<ObjectNode> parts =
        storage.recovery().stream()
            .map(Views::of)
            .filter(part -> pool == null || part.path("pool").asText().equals(pool))
            .toList();
    if (json) {
      out.println(Views.pretty(parts));
      return;
    }
    TABLE.print(parts, out);
    parts.stream()
        .map(part -> part.path("reason").asText(""))
        .filter(reason -> !reason.isEmpty() && !reason.equals("null"))
        .distinct()
        .forEach(out::println);
  }
}
