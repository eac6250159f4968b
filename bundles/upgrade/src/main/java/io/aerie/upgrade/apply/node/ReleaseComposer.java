package io.aerie.upgrade.apply.node;

import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackagedFile;
import io.aerie.upgrade.ProductVersion;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Makes the folder of a release out of a package and the release that it is applied to. */
final class ReleaseComposer {
  private static final String CONFIGURATION = "etc/org.apache.karaf.features.cfg";
  private static final Pattern ARTIFACT = Pattern.compile("io/aerie/([^/]+)/[^/]+/[^/]+\\.jar");

  private final Path home;
  private final Release former;

  /**
   * @param home the distribution that releases lie over
   * @param former what runs
   */
  ReleaseComposer(Path home, Release former) {
    this.home = home;
    this.former = former;
  }

  /** Path of our features file in a repository. */
  static String featuresFile(ProductVersion version) {
    return "io/aerie/features-aerie/" + version + "/features-aerie-" + version + "-features.xml";
  }

  /** Makes the folder, which does not exist yet, and brings all of it to stable storage. */
  void compose(StoredPackage source, Path folder) throws IOException {
    PackageManifest manifest = source.manifest();
    Path repository = folder.resolve("system");
    Files.createDirectories(repository);
    if (former.repositories().size() > 1) {
      linkAll(former.repositories().get(0), repository);
    }
    unpack(source, repository);
    keepFormerBundles(manifest, repository);
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(
        folder.resolve("etc/aerie.version"),
        manifest.version() + " " + source.sha256().substring(0, 12) + "\n");
    Files.writeString(folder.resolve(CONFIGURATION), configuration(manifest.version()));
    Files.copy(home.resolve("etc/aerie.version"), folder.resolve("base"));
    StableFiles.forceTree(folder);
  }

  /** Packages that came before are part of what runs. No file is ever changed, so links do. */
  private static void linkAll(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        Path link = to.resolve(from.relativize(file));
        Files.createDirectories(link.getParent());
        Files.createLink(link, file);
      }
    }
  }

  private static void unpack(StoredPackage source, Path repository) throws IOException {
    try (ZipFile archive = new ZipFile(source.file().toFile())) {
      for (PackagedFile file : source.manifest().files()) {
        Path target = repository.resolve(inRepository(file));
        Files.createDirectories(target.getParent());
        Files.deleteIfExists(target);
        try (InputStream content = archive.getInputStream(archive.getEntry(file.path()))) {
          Files.copy(content, target);
        }
      }
    }
  }

  private static String inRepository(PackagedFile file) {
    return file.path().substring(PackageManifest.REPOSITORY.length());
  }

  private void keepFormerBundles(PackageManifest manifest, Path repository) throws IOException {
    Map<String, String> brought = new TreeMap<>();
    for (PackagedFile file : manifest.files()) {
      Matcher artifact = ARTIFACT.matcher(inRepository(file));
      if (artifact.matches()) {
        brought.put(artifact.group(1), file.path());
      }
    }
    Path features = repository.resolve(featuresFile(manifest.version()));
    String text =
        new FeaturesFile(Files.readString(features))
            .keeping(former.features().versions(), brought.keySet())
            .text();
    // not in place: the file may be a link to that of another release
    Files.delete(features);
    Files.writeString(features, text);
  }

  /** Which features Karaf boots: those of the new version. */
  private String configuration(ProductVersion version) throws IOException {
    String base = StableFiles.read(home.resolve("etc/aerie.version")).orElse("").split("\\s")[0];
    Pattern url = Pattern.compile("(features-aerie/)" + Pattern.quote(base));
    Pattern feature =
        Pattern.compile(
            "(aerie-[a-z-]+/)" + Pattern.quote(base.replace('-', '.')) + "(?=[,\\s)]|$)");
    try (Stream<String> lines = Files.lines(home.resolve(CONFIGURATION))) {
      return lines
          .map(line -> url.matcher(line).replaceAll("$1" + version))
          .map(
              line -> feature.matcher(line).replaceAll("$1" + version.toString().replace('-', '.')))
          .collect(Collectors.joining("\n", "", "\n"));
    }
  }
}
