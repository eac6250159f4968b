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
import io.aerie.shell.completion.VolumeCompleter;
import io.aerie.storage.admin.ScrubAdministration.Scope;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code scrub:start}. */
@Service
@Requires(Permission.SCRUBS_CHANGE)
@Command(
    scope = "scrub",
    name = "start",
    description = "Has a volume, a pool or everything looked at and repaired")
public final class ScrubStartCommand extends AerieCommand {
  @Option(name = "--volume", description = "One volume")
  @Completion(VolumeCompleter.class)
  String volume;

  @Option(name = "--pool", description = "All volumes of a pool")
  @Completion(PoolCompleter.class)
  String pool;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    if (volume != null && pool != null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "A scrub is of a volume or of a pool", "", "Name one of them.");
    }
    Scope scope = volume != null ? Scope.VOLUME : pool != null ? Scope.POOL : Scope.ALL;
    ObjectNode scrub =
        Views.of(
            Await.result(
                subsystems
                    .require(StorageAdministration.class)
                    .startScrub(scope, volume != null ? volume : pool, dryRun)));
    if (json) {
      out.println(Views.pretty(scrub.put("dryRun", dryRun)));
    } else {
      out.println(
          (dryRun ? "would be started" : "started: " + scrub.path("id").asText())
              + ", volumes to look at: "
              + scrub.path("volumesTotal").asText());
    }
  }
}
