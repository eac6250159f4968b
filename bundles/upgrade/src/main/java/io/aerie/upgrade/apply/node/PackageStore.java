package io.aerie.upgrade.apply.node;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackageReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The packages that this node verified and keeps: {@code SHA256.kar}. */
public final class PackageStore {
  private static final String SUFFIX = ".kar";
  private static final String INCOMING = ".incoming";

  /** Twice what it takes at most until the cluster hears of a package that is kept. */
  private static final Duration UNHEARD_OF = Duration.ofSeconds(80);

  private final Path folder;
  private final Supplier<PublicKey> pinned;
  private final Clock clock;

  /**
   * @param folder made when missing; what was left half-received in it is removed
   * @param pinned the only key that is believed; throws if the distribution has none
   * @param clock of the file system
   */
  public PackageStore(Path folder, Supplier<PublicKey> pinned, Clock clock) throws IOException {
    this.folder = folder;
    this.pinned = pinned;
    this.clock = clock;
    Files.createDirectories(folder);
    for (Path file : files(INCOMING)) {
      Files.delete(file);
    }
  }

  /**
   * A package that this node keeps.
   *
   * @param sha256 of the file, 64 hexadecimal digits in lower case
   */
  public record StoredPackage(Path file, String sha256, long sizeBytes, PackageManifest manifest) {}

  /** Takes a file apart from its name: verified, but not kept yet. */
  public final class Incoming implements AutoCloseable {
    private final Path file = folder.resolve(UUID.randomUUID() + INCOMING);
    private long sizeBytes;
    private String sha256;
    private PackageManifest manifest;

    private void receive(InputStream content) throws IOException {
      MessageDigest digest = newDigest();
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
        byte[] buffer = new byte[64 << 10];
        for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
          sizeBytes += count;
          if (sizeBytes > PackageReader.MAX_PACKAGE_BYTES) {
            throw new AerieException(
                ErrorCode.TOO_LARGE,
                "The upgrade package is larger than "
                    + (PackageReader.MAX_PACKAGE_BYTES >> 20)
                    + " MiB");
          }
          digest.update(buffer, 0, count);
          out.write(buffer, 0, count);
        }
      }
      sha256 = HexFormat.of().formatHex(digest.digest());
      manifest = PackageReader.verify(file, pinned.get());
    }

    /** What it says of itself, which its signature vouches for. */
    public PackageManifest manifest() {
      return manifest;
    }

    /** Of the whole file. */
    public long sizeBytes() {
      return sizeBytes;
    }

    /** The digest of the whole file. */
    public String sha256() {
      return sha256;
    }

    private static MessageDigest newDigest() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Keeps it. */
    public StoredPackage keep() {
      try {
        StableFiles.force(file);
        Path kept = path(sha256);
        StableFiles.rename(file, kept);
        return new StoredPackage(kept, sha256, sizeBytes, manifest);
      } catch (IOException e) {
        throw failed("keeping an upgrade package", e);
      }
    }

    /** Removes it unless it is kept. */
    @Override
    public void close() {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw failed("removing an upgrade package that is not kept", e);
      }
    }
  }

  /** Reads a package to its end and verifies it; refusals are those of {@link PackageReader}. */
  public Incoming receive(InputStream content) {
    Incoming incoming = new Incoming();
    try {
      incoming.receive(content);
      return incoming;
    } catch (IOException e) {
      incoming.close();
      throw failed("receiving an upgrade package", e);
    } catch (RuntimeException e) {
      incoming.close();
      throw e;
    }
  }

  /** The package of that digest, verified again: a file of ours may have lost bits meanwhile. */
  public Optional<StoredPackage> find(String sha256) {
    Path file = path(sha256);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      PackageManifest manifest = PackageReader.verify(file, pinned.get());
      return Optional.of(new StoredPackage(file, sha256, Files.size(file), manifest));
    } catch (IOException e) {
      throw failed("reading an upgrade package", e);
    }
  }

  /** The digests of all. */
  public Set<String> digests() {
    Set<String> digests = new TreeSet<>();
    try {
      for (Path file : files(SUFFIX)) {
        String name = file.getFileName().toString();
        digests.add(name.substring(0, name.length() - SUFFIX.length()));
      }
      return digests;
    } catch (IOException e) {
      throw failed("listing upgrade packages", e);
    }
  }

  /**
   * Removes what the cluster does not know any more. What came a moment ago stays: the cluster
   * hears of it when it is kept.
   *
   * @param known digests
   * @return what was removed
   */
  public Set<String> removeAllBut(Set<String> known) {
    Set<String> removed = digests();
    removed.removeAll(known);
    Instant youngest = clock.instant().minus(UNHEARD_OF);
    try {
      for (String sha256 : List.copyOf(removed)) {
        if (Files.getLastModifiedTime(path(sha256)).toInstant().isAfter(youngest)) {
          removed.remove(sha256);
        } else {
          StableFiles.delete(path(sha256));
        }
      }
      return removed;
    } catch (IOException e) {
      throw failed("removing an upgrade package", e);
    }
  }

  /** Up to so many bytes of a package from an offset on; none at its end. NOT_FOUND. */
  public byte[] read(String sha256, long offset, int bytesMax) {
    Path file = path(sha256);
    if (!Files.isRegularFile(file)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "This node has no such upgrade package");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long left = Math.max(0, channel.size() - offset);
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(left, bytesMax));
      int count = 0;
      while (bytes.hasRemaining() && count >= 0) {
        count = channel.read(bytes, offset + bytes.position());
      }
      return bytes.array();
    } catch (IOException e) {
      throw failed("reading an upgrade package", e);
    }
  }

  private Path path(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new AerieException(ErrorCode.INVALID_VALUE, "That is no digest of a package");
    }
    return folder.resolve(sha256 + SUFFIX);
  }

  private Set<Path> files(String suffix) throws IOException {
    Set<Path> found = new TreeSet<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(file -> file.toString().endsWith(suffix)).forEach(found::add);
    }
    return found;
  }

  private static AerieException failed(String what, IOException e) {
    return new AerieException(
        ErrorCode.IO_ERROR, "On this node " + what + " failed", e.toString(), "Make room.", e);
  }
}
