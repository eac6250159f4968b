package io.aerie.upgrade;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Set;
import java.util.TreeSet;

/**
 * What runs before an upgrade.
 *
 * @param version its version
 * @param features the names of our features that are installed
 */
public record Installed(ProductVersion version, Set<String> features) {
  public Installed {
    features = Set.copyOf(features);
  }

  /**
   * Throws unless the package upgrades this: {@code upgrade-downgrade} (the same or an older
   * version), {@code upgrade-too-far} (another major version, or more than one minor version apart:
   * both could not run in one cluster), {@code upgrade-from-unsupported} (not tried from this
   * version), {@code upgrade-feature-removed}. They are looked at in this order.
   */
  public void checkUpgradableBy(PackageManifest manifest) {
    if (manifest.version().compareTo(version) <= 0) {
      throw new AerieException(
          ErrorCode.UPGRADE_DOWNGRADE,
          "The upgrade package has version " + manifest.version() + ", and " + version + " runs",
          "An upgrade goes to a newer version only.",
          "Take a newer package.");
    }
    if (!manifest.version().mayRunBeside(version)) {
      throw new AerieException(
          ErrorCode.UPGRADE_TOO_FAR,
          "From " + version + " to " + manifest.version() + " is too far for one upgrade",
          "Nodes of both versions run in one cluster meanwhile, and can if at most one minor version lies between.",
          "Upgrade to the next minor version first.");
    }
    if (!manifest.fromVersions().contains(version)) {
      throw new AerieException(
          ErrorCode.UPGRADE_FROM_UNSUPPORTED,
          "The upgrade package does not upgrade " + version,
          "It upgrades " + new TreeSet<>(manifest.fromVersions()) + ".",
          "Upgrade to one of these first, or take the package for this version.");
    }
    Set<String> removed = new TreeSet<>(features);
    removed.removeAll(manifest.features());
    if (!removed.isEmpty()) {
      throw new AerieException(
          ErrorCode.UPGRADE_FEATURE_REMOVED,
          "Version " + manifest.version() + " no longer has " + String.join(", ", removed),
          "It runs here, and would be lost.",
          "Stop using it and remove the feature, or stay with this version.");
    }
  }
}
