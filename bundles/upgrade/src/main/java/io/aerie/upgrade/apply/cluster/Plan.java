package io.aerie.upgrade.apply.cluster;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.upgrade.Installed;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.PackagedFile;
import io.aerie.upgrade.admin.UpgradeViews.CheckView;
import io.aerie.upgrade.admin.UpgradeViews.NodePlan;
import io.aerie.upgrade.apply.run.Documents.PackageRecord;
import io.aerie.upgrade.apply.run.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an upgrade would do, and whether it may.
 *
 * @param known what the cluster knows of the package
 * @param manifest the package
 * @param last the last upgrade
 * @param facts what each member tells of itself; empty for one that does not answer
 * @param fitness of the cluster
 * @param pools all
 */
public record Plan(
    PackageRecord known,
    PackageManifest manifest,
    Optional<Run> last,
    Map<NodeId, Optional<NodeFacts>> facts,
    Fitness fitness,
    List<PoolView> pools) {
  /** Room that a node must have beside twice the package. */
  static final long RESERVE_BYTES = 256L << 20;

  /** Fewer nodes have no majority while one is missed. */
  private static final int NODES_MIN = 3;

  /** How a whole package is taken: by restarts as soon as one of its bundles needs that. */
  public static Exchange exchange(PackageManifest manifest) {
    return bundles(manifest).stream().anyMatch(bundle -> bundle.exchange() == Exchange.RESTART)
        ? Exchange.RESTART
        : Exchange.SWAP;
  }

  /** The bundles in a package. */
  public static List<PackagedBundle> bundles(PackageManifest manifest) {
    return manifest.files().stream().map(PackagedFile::bundle).flatMap(Optional::stream).toList();
  }

  private boolean restarts() {
    return exchange(manifest) == Exchange.RESTART;
  }

  private boolean drained() {
    return bundles(manifest).stream().anyMatch(PackagedBundle::drained);
  }

  /** What would happen on which node, in this order. */
  public List<NodePlan> nodes() {
    List<String> swapped =
        restarts()
            ? List.of()
            : bundles(manifest).stream().map(PackagedBundle::symbolicName).toList();
    return facts.entrySet().stream()
        .map(
            node ->
                new NodePlan(
                    node.getKey(),
                    node.getValue().map(told -> told.version().toString()).orElse(""),
                    swapped,
                    restarts(),
                    drained()))
        .toList();
  }

  /** All checks, in the order in which refusals are told. */
  public List<CheckView> checks() {
    List<CheckView> checks = new ArrayList<>();
    checks.add(underWay());
    checks.addAll(fitness.checks());
    facts.forEach((node, told) -> told.ifPresent(present -> checkNode(node, present, checks)));
    facts.forEach(
        (node, told) -> {
          if (told.isEmpty()) {
            checks.add(
                Fitness.failed(
                    ErrorCode.UPGRADE_NODE_AWAY,
                    "The node " + node + " does not tell what it runs",
                    "It starts, or its version takes no packages.",
                    "Try again in a moment, or look into its log."));
          }
        });
    if (restarts() || drained()) {
      checks.add(protection());
    }
    return checks;
  }

  /** Throws what the first check that does not pass refuses with. */
  public void require() {
    checks().stream()
        .filter(check -> !check.passed())
        .findFirst()
        .ifPresent(
            check -> {
              throw new AerieException(
                  code(check.code()), check.what(), check.why(), check.remedy());
            });
  }

  private static ErrorCode code(String text) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.code().equals(text))
        .findFirst()
        .orElseThrow();
  }

  private CheckView underWay() {
    return last.filter(Run::isOpen)
        .map(
            run ->
                Fitness.failed(
                    ErrorCode.UPGRADE_UNDER_WAY,
                    "The upgrade to " + run.version() + " has not ended",
                    "One follows the other.",
                    "Wait for it, resume it or roll it back."))
        .orElse(Fitness.passed(ErrorCode.UPGRADE_UNDER_WAY, "No other upgrade is under way"));
  }

  private void checkNode(NodeId node, NodeFacts told, List<CheckView> checks) {
    checks.add(version(node, told));
    checks.add(
        told.packages().contains(known.sha256())
            ? Fitness.passed(ErrorCode.UPGRADE_PACKAGE_MISSING, "The node " + node + " has it")
            : Fitness.failed(
                ErrorCode.UPGRADE_PACKAGE_MISSING,
                "The node " + node + " has not fetched the package yet",
                "Each node takes its bundles from a package that it verified itself.",
                "Wait a moment; if that does not help, look into its log."));
    long neededBytes = 2 * known.sizeBytes() + RESERVE_BYTES;
    checks.add(
        told.freeBytes() >= neededBytes
            ? Fitness.passed(ErrorCode.UPGRADE_NO_SPACE, "The node " + node + " has room")
            : Fitness.failed(
                ErrorCode.UPGRADE_NO_SPACE,
                "The node " + node + " has too little room in its folder",
                (told.freeBytes() >> 20)
                    + " MiB are free, "
                    + (neededBytes >> 20)
                    + " MiB are needed.",
                "Make room there."));
    if (restarts()) {
      checks.add(
          told.startedAgain()
              ? Fitness.passed(
                  ErrorCode.UPGRADE_NODE_UNATTENDED, "The node " + node + " is started again")
              : Fitness.failed(
                  ErrorCode.UPGRADE_NODE_UNATTENDED,
                  "Nothing starts the node " + node + " again when it ends",
                  "The package restarts nodes.",
                  "Run it under systemd or the launcher."));
    }
  }

  private CheckView version(NodeId node, NodeFacts told) {
    try {
      new Installed(told.version(), told.features()).checkUpgradableBy(manifest);
      return Fitness.passed(
          ErrorCode.UPGRADE_FROM_UNSUPPORTED, "The node " + node + " has " + told.version());
    } catch (AerieException e) {
      return new CheckView(
          e.code().code(),
          false,
          "The node " + node + " can't take it: " + e.getMessage(),
          e.why(),
          e.remedy());
    }
  }

  private CheckView protection() {
    if (fitness.volumes().isEmpty()) {
      return Fitness.passed(ErrorCode.UPGRADE_PROTECTION_TOO_LOW, "There are no volumes");
    }
    if (fitness.members().size() < NODES_MIN) {
      return Fitness.failed(
          ErrorCode.UPGRADE_PROTECTION_TOO_LOW,
          "The cluster has " + fitness.members().size() + " nodes",
          "While one is missed there is no majority, and volumes are not served.",
          "Add nodes, or stop all clients and upgrade by the whole distribution.");
    }
    String narrow =
        pools.stream()
            .filter(pool -> pool.failureDomain().equals("disk"))
            .map(PoolView::name)
            .filter(
                pool -> fitness.volumes().stream().anyMatch(volume -> volume.pool().equals(pool)))
            .collect(Collectors.joining(", "));
    return narrow.isEmpty()
        ? Fitness.passed(ErrorCode.UPGRADE_PROTECTION_TOO_LOW, "Every volume can do without a node")
        : Fitness.failed(
            ErrorCode.UPGRADE_PROTECTION_TOO_LOW,
            "Volumes of " + narrow + " can't do without a node",
            "Their pool spreads copies over disks, which may be of one node.",
            "Spread it over nodes first.");
  }
}
