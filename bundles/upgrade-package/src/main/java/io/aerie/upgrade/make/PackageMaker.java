package io.aerie.upgrade.make;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackageReader;
import io.aerie.upgrade.PackageSignature;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.PackagedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes the package that takes one distribution to another: the bundles that changed, and a
 * features file that names these by their new version and all others by the version that is there.
 */
public final class PackageMaker {
  /** Every entry has this time, so that the same input gives the same bytes. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final int NAMED_DIFFERENCES = 5;

  private final Distribution before;
  private final Distribution after;

  private PackageMaker(Distribution before, Distribution after) {
    this.before = before;
    this.after = after;
  }

  /**
   * Makes a package, and verifies it as a node of the former version does, before it gets its name.
   *
   * <p>Refusals: {@code upgrade-not-by-package} if anything differs that is no bundle, {@code
   * invalid-value} for a key that is not the one that the former distribution pinned, and all of
   * {@link io.aerie.upgrade.Installed#checkUpgradableBy}. Then there is no file.
   *
   * @param before folder of the unpacked distribution that is upgraded
   * @param after folder of the unpacked distribution that it becomes
   * @param key signs
   * @param file the package; one that is there already is replaced
   */
  public static PackageManifest make(Path before, Path after, PrivateKey key, Path file)
      throws IOException {
    return new PackageMaker(Distribution.open(before), Distribution.open(after)).make(key, file);
  }

  /**
   * Verifies a package as a node of the distribution in this folder does: the package itself, and
   * whether it upgrades that version.
   */
  public static PackageManifest check(Path file, Path before) throws IOException {
    Distribution distribution = Distribution.open(before);
    PackageManifest manifest = PackageReader.verify(file, distribution.pinnedKey());
    distribution.installed().checkUpgradableBy(manifest);
    return manifest;
  }

  private PackageManifest make(PrivateKey key, Path file) throws IOException {
    PublicKey pinned = before.pinnedKey();
    Map<String, Content> contents = contents();
    List<PackagedFile> files = new ArrayList<>();
    contents.forEach((path, content) -> files.add(content.described(path)));
    PackageManifest manifest =
        new PackageManifest(
            after.version(), Set.of(before.version()), after.installed().features(), files);
    before.installed().checkUpgradableBy(manifest);
    checkContainer();
    byte[] manifestBytes = manifest.toBytes();
    PackageSignature signature = PackageSignature.sign(manifestBytes, key, pinned);
    checkKey(signature, manifestBytes, pinned);
    Path unverified = file.resolveSibling(file.getFileName() + ".new");
    try {
      write(unverified, manifestBytes, signature, contents);
      check(unverified, before.folder());
      Files.move(unverified, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unverified);
    }
    return manifest;
  }

  private static void checkKey(PackageSignature signature, byte[] manifest, PublicKey pinned) {
    try {
      signature.verify(manifest, pinned);
    } catch (AerieException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The private key is not that of the former distribution's pinned key",
          "Its nodes would refuse the package.",
          "",
          e);
    }
  }

  private void checkContainer() throws IOException {
    Map<String, String> former = before.container();
    Map<String, String> now = after.container();
    Set<String> differing = new TreeSet<>(former.keySet());
    differing.addAll(now.keySet());
    differing.removeIf(path -> former.containsKey(path) && former.get(path).equals(now.get(path)));
    Map<String, Path> sameNames = before.repositoryFiles();
    for (Map.Entry<String, Path> file : after.repositoryFiles().entrySet()) {
      Path other = sameNames.get(file.getKey());
      if (other != null
          && !ContentDigest.ofBytes(other).equals(ContentDigest.ofBytes(file.getValue()))) {
        differing.add("system/" + file.getKey());
      }
    }
    if (!differing.isEmpty()) {
      List<String> named = differing.stream().limit(NAMED_DIFFERENCES).toList();
      int more = differing.size() - named.size();
      throw new AerieException(
          ErrorCode.UPGRADE_NOT_BY_PACKAGE,
          "Between " + before.version() + " and " + after.version() + " more than bundles changed",
          String.join(", ", named) + (more > 0 ? " and " + more + " more" : "") + ".",
          "That takes the whole distribution or a system image.");
    }
  }

  /** What a package holds, by path in the archive. */
  private Map<String, Content> contents() throws IOException {
    Map<String, Path> former = before.repositoryFiles();
    Map<String, Content> contents = new TreeMap<>();
    String features = after.features();
    for (Map.Entry<String, Path> file : after.repositoryFiles().entrySet()) {
      String path = file.getKey();
      Path same = former.get(ofFormerVersion(path));
      if (path.equals(after.featuresFile()) || former.containsKey(path)) {
        continue;
      }
      if (same != null && path.endsWith(".jar") && isSame(same, file.getValue())) {
        features = keepFormer(features, artifact(path));
      } else {
        contents.put(PackageManifest.REPOSITORY + path, Content.of(file.getValue()));
      }
    }
    contents.put(
        PackageManifest.REPOSITORY + after.featuresFile(),
        new Content(features.getBytes(StandardCharsets.UTF_8), Optional.empty()));
    return contents;
  }

  /** Our own bundles have the product's version; a library keeps its own. */
  private String ofFormerVersion(String path) {
    return path.startsWith("io/aerie/")
        ? path.replace(after.version().toString(), before.version().toString())
        : path;
  }

  private boolean isSame(Path former, Path now) throws IOException {
    return ContentDigest.ofJar(former, before.version())
        .equals(ContentDigest.ofJar(now, after.version()));
  }

  private static String artifact(String path) {
    return Path.of(path).getParent().getParent().getFileName().toString();
  }

  private String keepFormer(String features, String artifact) {
    String url = "mvn:io.aerie/" + artifact + "/";
    return features.replace(url + after.version() + "<", url + before.version() + "<");
  }

  private static void write(
      Path file, byte[] manifest, PackageSignature signature, Map<String, Content> contents)
      throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    // Java's reader of jars, which Karaf uses, sees a manifest only where it comes first.
    entries.put(PackageReader.MANIFEST, manifest);
    entries.put(PackageReader.SIGNATURE, signature.toBytes());
    contents.forEach((path, content) -> entries.put(path, content.bytes()));
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream archive = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTimeLocal(TIME);
        archive.putNextEntry(header);
        archive.write(entry.getValue());
        archive.closeEntry();
      }
    }
  }

  /** A file of the package. */
  private record Content(byte[] bytes, Optional<PackagedBundle> bundle) {
    static Content of(Path file) throws IOException {
      boolean jar = file.toString().endsWith(".jar");
      return new Content(Files.readAllBytes(file), jar ? bundle(file) : Optional.empty());
    }

    PackagedFile described(String path) {
      return new PackagedFile(path, bytes.length, ContentDigest.ofBytes(bytes), bundle);
    }

    private static Optional<PackagedBundle> bundle(Path file) throws IOException {
      try (JarFile jar = new JarFile(file.toFile())) {
        Manifest manifest = jar.getManifest();
        if (manifest == null
            || manifest.getMainAttributes().getValue("Bundle-SymbolicName") == null) {
          return Optional.empty();
        }
        Attributes main = manifest.getMainAttributes();
        Exchange exchange =
            main.getValue("Export-Package") == null ? Exchange.SWAP : Exchange.RESTART;
        return Optional.of(
            new PackagedBundle(
                main.getValue("Bundle-SymbolicName").split(";")[0].strip(),
                main.getValue("Bundle-Version"),
                exchange,
                exchange == Exchange.RESTART
                    || "true".equals(main.getValue(PackageManifest.DRAIN))));
      }
    }
  }
}
