package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.VolumeCompleter;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.VolumeLimits;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:limit}. */
@Service
@Requires(Permission.VOLUMES_CHANGE)
@Command(scope = "volume", name = "limit", description = "Limits what clients may ask of a volume")
public final class VolumeLimitCommand extends AerieCommand {
  @Argument(name = "VOLUME", description = "Name or id", required = true)
  @Completion(VolumeCompleter.class)
  String volume;

  @Option(name = "--read-operations", description = "Reads a second; 0 takes the limit away")
  Long readOperations;

  @Option(name = "--write-operations", description = "Writes a second; likewise")
  Long writeOperations;

  @Option(name = "--read-bytes", description = "Read a second, as 100M; likewise")
  String readBytes;

  @Option(name = "--write-bytes", description = "Written a second, as 50M; likewise")
  String writeBytes;

  @Option(name = "--none", description = "Take all limits away")
  boolean none;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    VolumeLimits given =
        new VolumeLimits(
            operations(readOperations),
            operations(writeOperations),
            bytes(readBytes),
            bytes(writeBytes));
    if (none && !given.equals(VolumeLimits.NONE)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "--none takes all limits away",
          "It goes with no limit.",
          "Give 0 to take away one of them.");
    }
    ObjectPrinter.print(
        "limited",
        Await.result(
            subsystems
                .require(StorageAdministration.class)
                .limitVolume(
                    volume,
                    none ? VolumeLimits.REMOVED : given,
                    ExpectedRevision.of(revision),
                    dryRun)),
        json,
        out);
  }

  private static OptionalLong operations(Long limit) {
    return limit == null ? OptionalLong.empty() : OptionalLong.of(limit);
  }

  private static OptionalLong bytes(String limit) {
    return limit == null ? OptionalLong.empty() : OptionalLong.of(ByteSize.parse(limit).bytes());
  }
}
