package io.aerie.upgrade;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads a package and believes nothing in it before the signature is verified. It changes nothing,
 * neither the package nor anything else.
 */
public final class PackageReader {
  /** Larger packages are refused. */
  public static final long MAX_PACKAGE_BYTES = 1L << 30;

  /** Where the signature lies in the archive. */
  public static final String SIGNATURE = "META-INF/aerie.signature";

  /** Where the manifest lies in the archive. */
  public static final String MANIFEST = "META-INF/MANIFEST.MF";

  private static final int MAX_FILES = 10_000;
  private static final int MAX_MANIFEST_BYTES = 8 << 20;
  private static final int MAX_SIGNATURE_BYTES = 4 << 10;

  private PackageReader() {}

  /**
   * Verifies the whole package: archive, signature, manifest, and each file against it.
   *
   * <p>Refusals: {@code not-found}, {@code too-large}, {@code package-damaged} (no archive, cut
   * off, or bits lost), {@code package-unsigned}, {@code package-wrong-key}, {@code
   * package-changed} (a file, the manifest or the signature is another than was signed, or a file
   * is there that was not), {@code unsupported-format}. A disk that fails is {@code io-error}.
   *
   * @param pinned the only key that is believed
   */
  public static PackageManifest verify(Path file, PublicKey pinned) {
    checkFile(file);
    try (ZipFile archive = new ZipFile(file.toFile())) {
      Map<String, ZipEntry> entries = entries(archive);
      byte[] manifestBytes = small(archive, entries, MANIFEST, MAX_MANIFEST_BYTES);
      if (manifestBytes == null) {
        throw damaged("It has no manifest: it is no upgrade package.", null);
      }
      byte[] signature = small(archive, entries, SIGNATURE, MAX_SIGNATURE_BYTES);
      if (signature == null) {
        throw new AerieException(
            ErrorCode.PACKAGE_UNSIGNED,
            "The upgrade package is not signed",
            "",
            "Take the package from the vendor of this system.");
      }
      PackageSignature.parse(signature).verify(manifestBytes, pinned);
      PackageManifest manifest = PackageManifest.parse(manifestBytes);
      checkFiles(archive, entries, manifest);
      return manifest;
    } catch (ZipException | EOFException e) {
      throw damaged("The archive can't be read: " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "Reading " + file + " failed", String.valueOf(e.getMessage()), "", e);
    }
  }

  private static void checkFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no file " + file);
    }
    try {
      if (Files.size(file) > MAX_PACKAGE_BYTES) {
        throw new AerieException(
            ErrorCode.TOO_LARGE,
            "The upgrade package is larger than " + (MAX_PACKAGE_BYTES >> 20) + " MiB");
      }
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "Reading " + file + " failed", String.valueOf(e.getMessage()), "", e);
    }
  }

  /** All entries by name. Two of one name, and more than any package has, are refused. */
  private static Map<String, ZipEntry> entries(ZipFile archive) {
    if (archive.size() > MAX_FILES) {
      throw damaged("It has " + archive.size() + " files, more than " + MAX_FILES + ".", null);
    }
    Map<String, ZipEntry> entries = new TreeMap<>();
    for (Iterator<? extends ZipEntry> all = archive.entries().asIterator(); all.hasNext(); ) {
      ZipEntry entry = all.next();
      if (entries.put(entry.getName(), entry) != null) {
        throw changed("It has two files " + entry.getName() + ".");
      }
    }
    return entries;
  }

  /** A file that is held in memory whole, or null if there is none. */
  private static byte[] small(
      ZipFile archive, Map<String, ZipEntry> entries, String name, int maxBytes)
      throws IOException {
    ZipEntry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    try (InputStream content = archive.getInputStream(entry)) {
      byte[] bytes = content.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw damaged(name + " is longer than " + maxBytes + " bytes.", null);
      }
      return bytes;
    }
  }

  private static void checkFiles(
      ZipFile archive, Map<String, ZipEntry> entries, PackageManifest manifest) throws IOException {
    Set<String> expected =
        manifest.files().stream().map(PackagedFile::path).collect(Collectors.toSet());
    Set<String> extra = new TreeSet<>(entries.keySet());
    extra.removeAll(expected);
    extra.removeAll(Set.of(MANIFEST, SIGNATURE));
    if (!extra.isEmpty()) {
      throw changed("Its manifest does not have " + extra.iterator().next() + ".");
    }
    for (PackagedFile file : manifest.files()) {
      ZipEntry entry = entries.get(file.path());
      if (entry == null) {
        throw changed(file.path() + " is missing.");
      }
      try (InputStream content = archive.getInputStream(entry)) {
        checkContent(file, content);
      }
    }
  }

  /** Reads no further than the length that was signed: an archive may claim to hold any amount. */
  private static void checkContent(PackagedFile file, InputStream content) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[64 << 10];
    long sizeBytes = 0;
    for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      sizeBytes += count;
      if (sizeBytes > file.sizeBytes()) {
        break;
      }
      digest.update(buffer, 0, count);
    }
    if (sizeBytes != file.sizeBytes()
        || !HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
      throw changed(file.path() + " is not what was signed.");
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static AerieException changed(String why) {
    return new AerieException(
        ErrorCode.PACKAGE_CHANGED,
        "The upgrade package is not as it was signed",
        why,
        "Get it again; if that one is refused too, tell its vendor.");
  }

  private static AerieException damaged(String why, IOException cause) {
    return new AerieException(
        ErrorCode.PACKAGE_DAMAGED,
        "The upgrade package is damaged or cut off",
        why,
        "Get it again.",
        cause);
  }
}
