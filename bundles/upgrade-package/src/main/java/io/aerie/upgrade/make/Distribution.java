package io.aerie.upgrade.make;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.Installed;
import io.aerie.upgrade.PackageSignature;
import io.aerie.upgrade.ProductVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An unpacked distribution.
 *
 * @param folder where it lies
 * @param version the product's version
 */
record Distribution(Path folder, ProductVersion version) {
  /** Where a distribution has the public key that packages for it are signed with. */
  static final String PINNED_KEY = "etc/upgrade-key.pem";

  private static final Path VERSION_FILE = Path.of("etc", "aerie.version");

  /** What differs with each build, and of which a node needs none of the new version. */
  private static final Set<String> OF_THE_BUILD =
      Set.of(VERSION_FILE.toString(), "lib/aerie.jsa"); // the JVM's archive of the classes in lib

  private static final Pattern FEATURE = Pattern.compile("<feature name=\"([A-Za-z0-9._-]+)\"");

  /** The version is the first word of {@code etc/aerie.version}, the build the second. */
  static Distribution open(Path folder) throws IOException {
    Path file = folder.resolve(VERSION_FILE);
    if (!Files.isRegularFile(file)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          folder + " is no distribution of ours: it has no " + VERSION_FILE);
    }
    return new Distribution(folder, ProductVersion.parse(Files.readString(file).split("\\s")[0]));
  }

  PublicKey pinnedKey() throws IOException {
    Path file = folder.resolve(PINNED_KEY);
    if (!Files.isRegularFile(file)) {
      throw new AerieException(
          ErrorCode.NOT_FOUND,
          "The distribution " + version + " has no " + PINNED_KEY,
          "Without a pinned key it takes no package.",
          "Build it with a key.");
    }
    return PackageSignature.publicKey(Files.readString(file));
  }

  /** Path of our features file in the repository. */
  String featuresFile() {
    return "io/aerie/features-aerie/" + version + "/features-aerie-" + version + "-features.xml";
  }

  String features() throws IOException {
    return Files.readString(repository().resolve(featuresFile()));
  }

  Installed installed() throws IOException {
    Set<String> names = new TreeSet<>();
    Matcher matcher = FEATURE.matcher(features());
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return new Installed(version, names);
  }

  /** The Maven repository that Karaf installs from. */
  Path repository() {
    return folder.resolve("system");
  }

  /** Whether a file of the repository is of the container, which no package exchanges. */
  private static boolean isContainers(String path) {
    return path.startsWith("org/apache/karaf/");
  }

  /** All files of the repository but the container's, by their paths in it. */
  Map<String, Path> repositoryFiles() throws IOException {
    Map<String, Path> files = files(repository());
    files.keySet().removeIf(Distribution::isContainers);
    return files;
  }

  /**
   * Digests of all that no package exchanges, by path with the version left out: the container, its
   * scripts and libraries, and the configuration that comes with the product.
   */
  Map<String, String> container() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (Map.Entry<String, Path> file : files(folder).entrySet()) {
      String path = file.getKey();
      boolean exchanged = path.startsWith("system/") && !isContainers(path.substring(7));
      if (exchanged || OF_THE_BUILD.contains(path)) {
        continue;
      }
      digests.put(ContentDigest.unversioned(path, version), digest(path, file.getValue()));
    }
    return digests;
  }

  private String digest(String path, Path file) throws IOException {
    if (path.startsWith("etc/")) {
      return ContentDigest.ofConfiguration(file, version);
    }
    return path.startsWith("lib/") && path.endsWith(".jar")
        ? ContentDigest.ofJar(file, version)
        : ContentDigest.ofBytes(file);
  }

  private static Map<String, Path> files(Path folder) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        files.put(folder.relativize(file).toString(), file);
      }
    }
    return files;
  }
}
