package io.aerie.upgrade.admin;

import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import io.aerie.upgrade.admin.UpgradeViews.PlanView;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Upgrades of the whole cluster, on any node. A refusal is an {@link io.aerie.base.AerieException}
 * and changes nothing.
 */
public interface UpgradeAdministration {
  /**
   * Verifies a package against the key that this node pins and the version that it runs; changes
   * nothing. Fails with NOT_FOUND (no file, or no key) and the codes of docs/upgrade.md.
   *
   * @param content the whole file; read to its end, by the caller's thread, and left open
   * @return with no nodes
   */
  PackageView check(InputStream content);

  /**
   * Verifies a package, keeps it and has all nodes fetch it. Complete when this node has it and the
   * cluster knows of it; the same package again changes nothing. Fails with what {@link #check}
   * fails with, TOO_LARGE, NO_SPACE, and ALREADY_EXISTS for another package of the same version;
   * then nothing of it is kept.
   *
   * @param content the whole file; read to its end, by the caller's thread, and left open
   */
  CompletableFuture<PackageView> upload(InputStream content);

  /** All packages, by version, with the nodes that have them now. */
  CompletableFuture<List<PackageView>> packages();

  /**
   * The cluster forgets a package; each node removes its file within some minutes. What was made of
   * it goes on running, and can still be rolled back. NOT_FOUND, PRECONDITION_FAILED for another
   * revision, UPGRADE_UNDER_WAY while the package is being taken.
   *
   * @param expected the revision that its document must have, if any
   * @param dryRun whether to change nothing, and fail as it would
   */
  CompletableFuture<PackageView> delete(String version, OptionalLong expected, boolean dryRun);

  /**
   * What an upgrade would do now, and whether it may. NOT_FOUND for a version without a package.
   */
  CompletableFuture<PlanView> plan(String version);

  /**
   * Begins. Fails as {@link #plan} and with the code of the first check that does not pass, that is
   * UPGRADE_UNDER_WAY when another has not ended.
   */
  CompletableFuture<RunView> start(String version);

  /** The upgrade that goes on, or the last one; as this node's replica has it. */
  Optional<RunView> run();

  /** No further node begins. PRECONDITION_FAILED unless one is running. */
  CompletableFuture<RunView> pause();

  /** Goes on, whoever paused or stopped it. PRECONDITION_FAILED unless it is paused or stopped. */
  CompletableFuture<RunView> resume();

  /**
   * Nodes with the new version get the former one again. PRECONDITION_FAILED when there is no
   * upgrade, when it goes back already, or when it has ended and its former releases are gone.
   */
  CompletableFuture<RunView> rollBack();
}
