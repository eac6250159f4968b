package io.aerie.upgrade.apply;

import io.aerie.base.NodeId;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.ProductVersion;
import io.aerie.upgrade.admin.UpgradeViews.BundleView;
import io.aerie.upgrade.admin.UpgradeViews.CheckView;
import io.aerie.upgrade.admin.UpgradeViews.NodeRun;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import io.aerie.upgrade.admin.UpgradeViews.PlanView;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import io.aerie.upgrade.apply.cluster.NodeFacts;
import io.aerie.upgrade.apply.cluster.Plan;
import io.aerie.upgrade.apply.run.Documents;
import io.aerie.upgrade.apply.run.Documents.PackageRecord;
import io.aerie.upgrade.apply.run.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Upgrades as administrators see them. */
final class UpgradeViewing {
  private UpgradeViewing() {}

  /**
   * A package.
   *
   * @param manifest empty while this node has not fetched it
   */
  static PackageView of(
      PackageRecord known,
      Optional<PackageManifest> manifest,
      Map<NodeId, Optional<NodeFacts>> facts) {
    List<NodeId> nodes =
        facts.entrySet().stream()
            .filter(
                node ->
                    node.getValue()
                        .filter(told -> told.packages().contains(known.sha256()))
                        .isPresent())
            .map(Map.Entry::getKey)
            .toList();
    return new PackageView(
        known.version(),
        manifest
            .map(
                found ->
                    found.fromVersions().stream().sorted().map(ProductVersion::toString).toList())
            .orElse(List.of()),
        manifest.map(found -> Plan.exchange(found).text()).orElse(""),
        known.sizeBytes(),
        known.sha256(),
        manifest.map(UpgradeViewing::bundles).orElse(List.of()),
        nodes,
        known.revision());
  }

  private static List<BundleView> bundles(PackageManifest manifest) {
    return Plan.bundles(manifest).stream().map(UpgradeViewing::of).toList();
  }

  private static BundleView of(PackagedBundle bundle) {
    return new BundleView(
        bundle.symbolicName(), bundle.version(), bundle.exchange().text(), bundle.drained());
  }

  static PlanView of(Plan plan) {
    List<CheckView> checks = plan.checks();
    return new PlanView(
        plan.known().version(),
        Plan.exchange(plan.manifest()).text(),
        checks.stream().allMatch(CheckView::passed),
        plan.nodes(),
        checks,
        plan.known().revision());
  }

  static RunView of(Run run) {
    return new RunView(
        run.id(),
        run.version(),
        run.from(),
        run.exchange().text(),
        Documents.text(run.direction()),
        Documents.text(run.state()),
        run.why(),
        run.started(),
        run.nodes().stream()
            .map(part -> new NodeRun(part.node(), Documents.text(part.state())))
            .toList(),
        run.revision());
  }
}
