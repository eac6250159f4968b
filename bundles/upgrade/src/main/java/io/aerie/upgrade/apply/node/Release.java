package io.aerie.upgrade.apply.node;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.Installed;
import io.aerie.upgrade.ProductVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * A version of the product that this node can run: the distribution, or what a package made of it.
 *
 * @param name of its folder; {@link #DISTRIBUTION} for the distribution
 * @param version the product's
 * @param repositories Maven repositories with its bundles; the first that has one counts
 * @param features what is installed
 */
public record Release(
    String name, ProductVersion version, List<Path> repositories, FeaturesFile features) {
  /** The name of what no package made. */
  public static final String DISTRIBUTION = "distribution";

  /** What packages are judged by. */
  public Installed installed() {
    return new Installed(version, features.features());
  }

  /** Our bundles by their symbolic names; CORRUPT if one is missing or no bundle. */
  public Map<String, WantedBundle> bundles() {
    Map<String, WantedBundle> bundles = new TreeMap<>();
    features
        .versions()
        .forEach(
            (artifact, artifactVersion) -> {
              WantedBundle bundle = bundle(artifact, artifactVersion);
              bundles.put(bundle.symbolicName(), bundle);
            });
    return bundles;
  }

  private WantedBundle bundle(String artifact, String artifactVersion) {
    String path =
        "io/aerie/"
            + artifact
            + "/"
            + artifactVersion
            + "/"
            + artifact
            + "-"
            + artifactVersion
            + ".jar";
    Path file =
        repositories.stream()
            .map(repository -> repository.resolve(path))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(() -> damaged("It has no " + path + ".", null));
    try (JarFile jar = new JarFile(file.toFile())) {
      Attributes main = jar.getManifest().getMainAttributes();
      return new WantedBundle(
          main.getValue("Bundle-SymbolicName").split(";")[0].strip(),
          main.getValue("Bundle-Version"),
          file);
    } catch (IOException | RuntimeException e) {
      throw damaged(file + " is no bundle: " + e.getMessage() + ".", e);
    }
  }

  private AerieException damaged(String why, Exception cause) {
    return new AerieException(
        ErrorCode.CORRUPT,
        "The release " + name + " on this node is damaged",
        why,
        "Roll back, then upgrade again.",
        cause);
  }
}
