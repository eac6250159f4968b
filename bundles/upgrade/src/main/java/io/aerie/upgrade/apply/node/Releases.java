package io.aerie.upgrade.apply.node;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.PackageSignature;
import io.aerie.upgrade.ProductVersion;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The releases on this node, and which of them its next start takes. {@code bin/aerie-node} reads
 * these files before there is a JVM, and gives a release up that was started on trial before:
 * docs/upgrade.md draws them.
 *
 * <p>Used by one thread at a time.
 */
public final class Releases {
  private static final String CURRENT = "current";
  private static final String TRIAL = "trial";
  private static final String TRIAL_BEGUN = "trial.begun";
  private static final String GIVEN_UP = "given-up";
  private static final String RESTARTED = "restarted";

  private final Path home;
  private final Path node;
  private final Path folder;

  /**
   * @param home the distribution
   * @param node the node's own folder
   */
  public Releases(Path home, Path node) throws IOException {
    this.home = home;
    this.node = node;
    this.folder = node.resolve("releases");
    Files.createDirectories(folder);
  }

  /** Where packages are kept, beside the releases that they make. */
  public Path packages() {
    return folder.resolve("packages");
  }

  /** Free room on the file system of the releases, bytes. */
  public long freeBytes() {
    return attempt(() -> Files.getFileStore(folder).getUsableSpace());
  }

  /** The key that packages must be signed with; NOT_FOUND if the distribution pins none. */
  public PublicKey pinnedKey() {
    Path file = home.resolve("etc").resolve("upgrade-key.pem");
    if (!Files.isRegularFile(file)) {
      throw new AerieException(
          ErrorCode.NOT_FOUND,
          "This node takes no upgrade packages",
          "Its distribution was built without a key that they would be signed with.",
          "Install a distribution with a key.");
    }
    return PackageSignature.publicKey(attempt(() -> Files.readString(file)));
  }

  /** What the next start takes. */
  public Release current() {
    return attempt(
        () -> {
          Path link = folder.resolve(CURRENT);
          if (!Files.isSymbolicLink(link)) {
            return distribution();
          }
          String name = Files.readSymbolicLink(link).getFileName().toString();
          return find(name).orElse(distribution());
        });
  }

  /** The release of a name, if it is here and lies over this very distribution. */
  public Optional<Release> find(String name) {
    if (name.equals(Release.DISTRIBUTION)) {
      return Optional.of(distribution());
    }
    return attempt(
        () -> {
          Path release = folder.resolve(name);
          return StableFiles.read(release.resolve("base")).equals(stamp(home))
              ? Optional.of(release(name, release))
              : Optional.empty();
        });
  }

  private Release distribution() {
    return attempt(
        () -> {
          ProductVersion version = version(home);
          Path repository = home.resolve("system");
          return new Release(
              Release.DISTRIBUTION,
              version,
              List.of(repository),
              features(List.of(repository), version));
        });
  }

  private Release release(String name, Path release) throws IOException {
    ProductVersion version = version(release);
    List<Path> repositories = List.of(release.resolve("system"), home.resolve("system"));
    return new Release(name, version, repositories, features(repositories, version));
  }

  private static FeaturesFile features(List<Path> repositories, ProductVersion version)
      throws IOException {
    Path file = repositories.get(0).resolve(ReleaseComposer.featuresFile(version));
    return new FeaturesFile(Files.readString(file));
  }

  private static Optional<String> stamp(Path release) throws IOException {
    return StableFiles.read(release.resolve("etc").resolve("aerie.version"));
  }

  private static ProductVersion version(Path release) throws IOException {
    return ProductVersion.parse(stamp(release).orElse("").split("\\s")[0]);
  }

  /** The name of the release that a package makes. */
  public static String nameOf(StoredPackage source) {
    return source.manifest().version() + "-" + source.sha256().substring(0, 12);
  }

  /**
   * Makes the release of a package over what the next start would take; it is not started by that.
   * One that is there already is taken as it is.
   */
  public Release compose(StoredPackage source) {
    String name = nameOf(source);
    Optional<Release> made = find(name);
    return made.isPresent()
        ? made.get()
        : attempt(
            () -> {
              Release former = current();
              removeOthers(former.name());
              Path unfinished = folder.resolve(UUID.randomUUID() + ".new");
              new ReleaseComposer(home, former).compose(source, unfinished);
              StableFiles.deleteTree(folder.resolve(name)); // over another distribution
              StableFiles.rename(unfinished, folder.resolve(name));
              return find(name).orElseThrow();
            });
  }

  /** Only the present release is kept, and the one before it: what another upgrade left is not. */
  private void removeOthers(String keptName) throws IOException {
    List<Path> others = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(path -> Files.isDirectory(path) && !Files.isSymbolicLink(path))
          .filter(path -> !path.equals(packages()))
          .filter(path -> !path.getFileName().toString().equals(keptName))
          .forEach(others::add);
    }
    for (Path path : others) {
      StableFiles.deleteTree(path);
    }
  }

  /** The next start takes this release, once, and only {@link #confirm} makes it stay. */
  public void arm(Release release) {
    attempt(
        () -> {
          StableFiles.delete(folder.resolve(TRIAL_BEGUN));
          StableFiles.delete(folder.resolve(GIVEN_UP));
          StableFiles.write(folder.resolve(TRIAL), current().name());
          point(release.name());
          return null;
        });
  }

  /** The release that runs stays. */
  public void confirm() {
    attempt(
        () -> {
          StableFiles.delete(folder.resolve(TRIAL));
          StableFiles.delete(folder.resolve(TRIAL_BEGUN));
          StableFiles.delete(folder.resolve(RESTARTED));
          return null;
        });
  }

  /** The next start takes this release again, which ran before. */
  public void goBackTo(Release former) {
    attempt(
        () -> {
          point(former.name());
          confirm();
          return null;
        });
  }

  /**
   * The same, and why is remembered.
   *
   * @param failed the release that is given up
   */
  public void giveUp(Release failed, Release former, String why) {
    attempt(
        () -> {
          StableFiles.write(folder.resolve(GIVEN_UP), failed.name() + "\n" + why + "\n");
          goBackTo(former);
          return null;
        });
  }

  /** Why a release was given up, by this or by a start; empty when it was not. */
  public Optional<String> whyGivenUp(String name) {
    return attempt(() -> StableFiles.read(folder.resolve(GIVEN_UP)))
        .filter(text -> text.startsWith(name + "\n"))
        .map(text -> text.substring(name.length() + 1));
  }

  /** The giving up is known to all that have to know. */
  public void forgetGivenUp() {
    attempt(
        () -> {
          StableFiles.delete(folder.resolve(GIVEN_UP));
          return null;
        });
  }

  /**
   * Remembers that the node restarts to run a release.
   *
   * @return false when it did so for this release before, in vain
   */
  public boolean restartsFirstFor(Release release) {
    return attempt(
        () -> {
          Path file = folder.resolve(RESTARTED);
          if (StableFiles.read(file).equals(Optional.of(release.name()))) {
            return false;
          }
          StableFiles.write(file, release.name());
          return true;
        });
  }

  /**
   * Has the next start take nothing of Karaf's cache: what it holds is about to become a mixture.
   */
  public void invalidateCache() {
    attempt(
        () -> {
          StableFiles.delete(node.resolve("etc").resolve("aerie.version"));
          return null;
        });
  }

  private void point(String name) throws IOException {
    Path link = folder.resolve(CURRENT);
    if (name.equals(Release.DISTRIBUTION)) {
      StableFiles.delete(link);
      return;
    }
    Path beside = folder.resolve(CURRENT + ".new");
    Files.deleteIfExists(beside);
    Files.createSymbolicLink(beside, Path.of(name));
    StableFiles.rename(beside, link);
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private static <T> T attempt(Step<T> step) {
    try {
      return step.run();
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR,
          "The releases of this node can't be read or changed",
          e.toString(),
          "Make room, or look at the file system of the node's folder.",
          e);
    }
  }
}
