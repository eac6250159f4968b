package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.BalancePolicyCompleter;
import io.aerie.shell.completion.PoolCompleter;
import io.aerie.storage.admin.BalancePolicy;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code pool:rebalance}. */
@Service
@Requires(Permission.POOLS_CHANGE)
@Command(
    scope = "pool",
    name = "rebalance",
    description = "Moves what makes the shares of its disks equal, while they serve as before")
public final class PoolRebalanceCommand extends AerieCommand {
  @Argument(name = "POOL", description = "Name or id", required = true)
  @Completion(PoolCompleter.class)
  String pool;

  @Option(name = "--cancel", description = "Call it off: what has moved stays where it is")
  boolean cancel;

  @Option(
      name = "--policy",
      description = "automatic or manual: only say whether it is to happen by itself")
  @Completion(BalancePolicyCompleter.class)
  String policy;

  @Option(name = "--revision", description = "Only if it still has this revision")
  Long revision;

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    OptionalLong expected = ExpectedRevision.of(revision);
    if (policy == null) {
      ObjectPrinter.print(
          cancel ? "left as it is" : "rebalanced",
          Await.result(storage.rebalancePool(pool, cancel, expected, dryRun)),
          json,
          out);
      return;
    }
    if (cancel) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "--cancel and --policy are two things",
          "The one ends what goes on, the other says whether it begins by itself.",
          "Give the command twice.");
    }
    BalancePolicy chosen = BalancePolicy.parse(policy);
    ObjectPrinter.print(
        "rebalanced " + (chosen == BalancePolicy.AUTOMATIC ? "by itself" : "when asked for"),
        Views.of(Await.result(storage.chooseBalance(pool, chosen, expected, dryRun))),
        dryRun,
        json,
        out);
  }
}
