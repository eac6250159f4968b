package io.aerie.upgrade.make;

import io.aerie.upgrade.ProductVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Digests by which two builds of the same sources are the same although their versions differ:
 * every build stamps its version on each of its files. When in doubt, files count as different:
 * then one more is in a package, and nothing is missing.
 */
final class ContentDigest {
  /** What the build writes about itself. */
  private static final Set<Attributes.Name> STAMPS =
      Set.of(
          new Attributes.Name("Bundle-Version"),
          new Attributes.Name("Implementation-Version"),
          new Attributes.Name("Created-By"),
          new Attributes.Name("Build-Jdk"),
          new Attributes.Name("Build-Jdk-Spec"),
          new Attributes.Name("Bnd-LastModified"),
          new Attributes.Name("Tool"));

  private static final Attributes.Name EXPORTS = new Attributes.Name("Export-Package");

  private ContentDigest() {}

  /** SHA-256 of the bytes as they are, hexadecimal. */
  static String ofBytes(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream content = Files.newInputStream(file)) {
      byte[] buffer = new byte[64 << 10];
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of the bytes as they are, hexadecimal. */
  static String ofBytes(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /** Of a text file of configuration: without comments, and the version is left out. */
  static String ofConfiguration(Path file, ProductVersion version) throws IOException {
    MessageDigest digest = sha256();
    // Any byte is a character of Latin 1: nothing is lost of what is no text.
    Files.readString(file, StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> unversioned(line, version))
        .forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The text with the product's version, in both notations, replaced by a word. */
  static String unversioned(String text, ProductVersion version) {
    return text.replace(version.toString(), "VERSION").replace(inOsgi(version), "VERSION");
  }

  /** Of a jar: without the stamps of the build. Jars within it likewise. */
  static String ofJar(Path file, ProductVersion version) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      return ofJar(content, version);
    }
  }

  private static String ofJar(InputStream jar, ProductVersion version) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    ZipInputStream entries = new ZipInputStream(jar);
    for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
      String name = entry.getName();
      if (entry.isDirectory() || name.startsWith("META-INF/maven/")) {
        continue;
      }
      byte[] content = entries.readAllBytes();
      if (name.equals("META-INF/MANIFEST.MF")) {
        digests.put(name, ofManifest(content, version));
      } else if (name.endsWith(".jar")) {
        digests.put(name, ofJar(new ByteArrayInputStream(content), version));
      } else {
        digests.put(name, ofBytes(content));
      }
    }
    return ofText(digests.toString());
  }

  /**
   * Packages are exported with the product's version, and imported by ranges from its minor version
   * on. So an export is another one when major or minor version changed, and the same otherwise.
   */
  private static String ofManifest(byte[] content, ProductVersion version) throws IOException {
    Attributes main = new Manifest(new ByteArrayInputStream(content)).getMainAttributes();
    Map<String, String> values = new TreeMap<>();
    main.forEach(
        (name, value) -> {
          if (!STAMPS.contains(name)) {
            values.put(
                name.toString(),
                name.equals(EXPORTS)
                    ? value
                        .toString()
                        .replace(
                            "version=\"" + inOsgi(version) + "\"",
                            "version=\"" + version.major() + "." + version.minor() + "\"")
                    : value.toString());
          }
        });
    return ofText(values.toString());
  }

  private static String inOsgi(ProductVersion version) {
    return version.toString().replace('-', '.');
  }

  private static String ofText(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
