package io.aerie.upgrade.admin;

import io.aerie.base.NodeId;
import java.time.Instant;
import java.util.List;

/** What lists and single objects of upgrades show. Versions are in Maven's notation. */
public final class UpgradeViews {
  private UpgradeViews() {}

  /**
   * A bundle in a package.
   *
   * @param exchange swap or restart
   * @param drained whether the node's volumes are to be owned by others meanwhile
   */
  public record BundleView(String symbolicName, String version, String exchange, boolean drained) {}

  /**
   * A package.
   *
   * @param id its version
   * @param from the versions that it upgrades
   * @param exchange swap, or restart where one of its bundles needs that
   * @param sha256 of the file, 64 hexadecimal digits
   * @param nodes who has it, of those that answered
   * @param revision of its document
   */
  public record PackageView(
      String id,
      List<String> from,
      String exchange,
      long sizeBytes,
      String sha256,
      List<BundleView> bundles,
      List<NodeId> nodes,
      long revision) {}

  /**
   * What would happen.
   *
   * @param id the version
   * @param exchange swap or restart
   * @param allowed whether all checks pass
   * @param revision of the package's document
   */
  public record PlanView(
      String id,
      String exchange,
      boolean allowed,
      List<NodePlan> nodes,
      List<CheckView> checks,
      long revision) {}

  /**
   * What would happen on one node, in the order of the list.
   *
   * @param version that it runs
   * @param swapped symbolic names of the bundles that are exchanged while it runs
   * @param restarts whether its process ends and starts again
   * @param drained whether its volumes are to be owned by others meanwhile
   */
  public record NodePlan(
      NodeId node, String version, List<String> swapped, boolean restarts, boolean drained) {}

  /**
   * A check.
   *
   * @param code what a refusal because of it has
   * @param passed its outcome
   * @param what what was found, a sentence without a full stop
   * @param why the cause; empty where it passed
   * @param remedy what to do; empty where it passed
   */
  public record CheckView(String code, boolean passed, String what, String why, String remedy) {}

  /**
   * An upgrade.
   *
   * @param id UUID
   * @param version whereto
   * @param from the version before
   * @param exchange swap or restart
   * @param direction forward, or back to the version before
   * @param state running, paused, stopped (by itself), done or rolled-back
   * @param why it stopped or goes back; empty where nothing happened
   * @param nodes in the order in which they are exchanged
   * @param revision of its document
   */
  public record RunView(
      String id,
      String version,
      String from,
      String exchange,
      String direction,
      String state,
      String why,
      Instant started,
      List<NodeRun> nodes,
      long revision) {}

  /**
   * A node in an upgrade.
   *
   * @param state old, exchanging or new
   */
  public record NodeRun(NodeId node, String state) {}
}
