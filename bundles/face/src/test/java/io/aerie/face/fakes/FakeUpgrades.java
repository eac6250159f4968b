package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.BundleView;
import io.aerie.upgrade.admin.UpgradeViews.CheckView;
import io.aerie.upgrade.admin.UpgradeViews.NodePlan;
import io.aerie.upgrade.admin.UpgradeViews.NodeRun;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import io.aerie.upgrade.admin.UpgradeViews.PlanView;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Upgrades to one version, 0.1.1. Fault model: none. */
public final class FakeUpgrades implements UpgradeAdministration {
  private static final NodeId N1 = new NodeId("n1");
  private static final PackageView PACKAGE =
      new PackageView(
          "0.1.1",
          List.of("0.1.0"),
          "swap",
          1000,
          "a".repeat(64),
          List.of(new BundleView("io.aerie.nbd", "0.1.1", "swap", false)),
          List.of(N1),
          7);

  private String checked;
  private String uploaded;
  private boolean deleted;
  private RunView run;

  /** The content of the last upload. */
  public Optional<String> uploaded() {
    return Optional.ofNullable(uploaded);
  }

  @Override
  public PackageView check(InputStream content) {
    try {
      checked = new String(content.readAllBytes(), StandardCharsets.UTF_8);
      return PACKAGE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The content of the last check. */
  public Optional<String> checked() {
    return Optional.ofNullable(checked);
  }

  @Override
  public CompletableFuture<PackageView> delete(
      String version, OptionalLong expected, boolean dryRun) {
    if (deleted || !version.equals(PACKAGE.id())) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "There is no package " + version));
    }
    if (expected.orElse(PACKAGE.revision()) != PACKAGE.revision()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.PRECONDITION_FAILED, "It has another revision"));
    }
    deleted = !dryRun;
    return CompletableFuture.completedFuture(PACKAGE);
  }

  @Override
  public CompletableFuture<PackageView> upload(InputStream content) {
    try {
      uploaded = new String(content.readAllBytes(), StandardCharsets.UTF_8);
      return CompletableFuture.completedFuture(PACKAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public CompletableFuture<List<PackageView>> packages() {
    return CompletableFuture.completedFuture(deleted ? List.of() : List.of(PACKAGE));
  }

  @Override
  public CompletableFuture<PlanView> plan(String version) {
    return CompletableFuture.completedFuture(
        new PlanView(
            version,
            "swap",
            false,
            List.of(new NodePlan(N1, "0.1.0", List.of("io.aerie.nbd"), false, false)),
            List.of(
                new CheckView("upgrade-node-away", true, "All 3 nodes are reached", "", ""),
                new CheckView(
                    "upgrade-no-space",
                    false,
                    "The node n2 has too little room",
                    "1 MiB are free.",
                    "Make room.")),
            7));
  }

  @Override
  public CompletableFuture<RunView> start(String version) {
    if (!version.equals(PACKAGE.id())) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "There is no package " + version));
    }
    return become("forward", "running", "");
  }

  private CompletableFuture<RunView> become(String direction, String state, String why) {
    run =
        new RunView(
            "an-id",
            "0.1.1",
            "0.1.0",
            "swap",
            direction,
            state,
            why,
            Instant.EPOCH,
            List.of(new NodeRun(N1, "old")),
            8);
    return CompletableFuture.completedFuture(run);
  }

  @Override
  public Optional<RunView> run() {
    return Optional.ofNullable(run);
  }

  @Override
  public CompletableFuture<RunView> pause() {
    return become(run.direction(), "paused", run.why());
  }

  @Override
  public CompletableFuture<RunView> resume() {
    return become(run.direction(), "running", run.why());
  }

  @Override
  public CompletableFuture<RunView> rollBack() {
    return become("back", "running", "wanted");
  }
}
