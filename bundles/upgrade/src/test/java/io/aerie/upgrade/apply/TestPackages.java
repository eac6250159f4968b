package io.aerie.upgrade.apply;

import io.aerie.upgrade.apply.node.PackageStore;
import io.aerie.upgrade.apply.node.PackageStore.Incoming;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import io.aerie.upgrade.apply.node.Releases;
import io.aerie.upgrade.make.PackageMaker;
import io.aerie.upgrade.make.TestDistribution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.util.Map;

/** Real distributions of two small bundles, packages between them, and a node that takes these. */
public final class TestPackages {
  private final Path folder;
  private final KeyPair keys;
  private final Path home;

  /** The node's own folder. */
  public final Path node;

  /** Of the node. */
  public final Releases releases;

  /** Of the node. */
  public final PackageStore packages;

  /** A node of 0.1.0 with the bundles {@code left} and {@code right}. */
  public TestPackages(Path folder) throws IOException {
    this(folder, TestDistribution.keys());
  }

  /** The same, with the keys of others. */
  public TestPackages(Path folder, KeyPair keys) throws IOException {
    this.folder = folder;
    this.keys = keys;
    this.home = distribution("0.1.0", "one", "one");
    this.node = Files.createDirectories(folder.resolve("node"));
    Files.createDirectories(node.resolve("etc"));
    Files.copy(home.resolve("etc/aerie.version"), node.resolve("etc/aerie.version"));
    this.releases = new Releases(home, node);
    this.packages = new PackageStore(releases.packages(), releases::pinnedKey, Clock.systemUTC());
  }

  /** A distribution; what the bundles do is their code. */
  public Path distribution(String version, String left, String right) throws IOException {
    return distribution(version, left, right, Map.of());
  }

  /** The same with further headers of the bundle {@code left}. */
  public Path distribution(String version, String left, String right, Map<String, String> headers)
      throws IOException {
    Path at = folder.resolve("distribution-" + version);
    return new TestDistribution(at, version, keys)
        .file(
            "etc/org.apache.karaf.features.cfg",
            "featuresBoot=scr/4.4.10, aerie-appliance/"
                + version.replace('-', '.')
                + ", shell/4.4.10\n"
                + "featuresRepositories=mvn\\:io.aerie/features-aerie/"
                + version
                + "/xml/features\n")
        .bundle("left", left, headers)
        .bundle("right", right)
        .whole();
  }

  /** The distribution that the node runs over. */
  public Path home() {
    return home;
  }

  /** Makes a package. */
  public Path make(Path before, Path after) throws IOException {
    Path file = folder.resolve("package.kar");
    var unused = PackageMaker.make(before, after, keys.getPrivate(), file);
    return file;
  }

  /** Makes a package, which the node takes. */
  public StoredPackage take(Path before, Path after) throws IOException {
    return take(make(before, after));
  }

  /** The node takes a package. */
  public StoredPackage take(Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file);
        Incoming incoming = packages.receive(content)) {
      return incoming.keep();
    }
  }
}
