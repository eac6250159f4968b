package io.aerie.upgrade.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.Installed;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackageReader;
import io.aerie.upgrade.PackageSignature;
import io.aerie.upgrade.ProductVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: whatever happened to a package, it is refused by its code, or it is what was signed. */
class PackageReaderTest {
  private static final String NBD = "repository/io/aerie/nbd/0.1.1/nbd-0.1.1.jar";
  private static final Set<ErrorCode> DAMAGES =
      Set.of(
          ErrorCode.PACKAGE_DAMAGED,
          ErrorCode.PACKAGE_UNSIGNED,
          ErrorCode.PACKAGE_WRONG_KEY,
          ErrorCode.PACKAGE_CHANGED);

  @TempDir private Path folder;
  private final KeyPair keys = TestDistribution.keys();
  private Path file;
  private PackageManifest manifest;
  private byte[] whole;

  @BeforeEach
  void make() throws IOException {
    file = folder.resolve("upgrade.kar");
    TestDistribution before = new TestDistribution(folder.resolve("before"), "0.1.0", keys);
    TestDistribution after = new TestDistribution(folder.resolve("after"), "0.1.1", keys);
    manifest =
        PackageMaker.make(
            before.bundle("nbd", "one").whole(),
            after.bundle("nbd", "two").whole(),
            keys.getPrivate(),
            file);
    whole = Files.readAllBytes(file);
  }

  private PackageManifest verified() {
    return PackageReader.verify(file, keys.getPublic());
  }

  private AerieException refusal() throws IOException {
    byte[] given = Files.readAllBytes(file);
    AerieException refusal = catchThrowableOfType(AerieException.class, this::verified);
    assertThat(refusal).isNotNull();
    assertThat(Files.readAllBytes(file)).isEqualTo(given);
    return refusal;
  }

  private Map<String, byte[]> entries() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream archive = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
        entries.put(entry.getName(), archive.readAllBytes());
      }
    }
    return entries;
  }

  private void write(Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        archive.putNextEntry(new ZipEntry(entry.getKey()));
        archive.write(entry.getValue());
        archive.closeEntry();
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void shouldReadWhatWasMade() throws IOException {
    assertThat(verified()).isEqualTo(manifest);
    write(entries());
    assertThat(verified()).as("compressed by another").isEqualTo(manifest);
  }

  @Test
  void shouldRefuseATruncatedPackage() throws IOException {
    for (int length = 0; length < whole.length; length += 1 + whole.length / 97) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(refusal().code()).as("%d bytes", length).isEqualTo(ErrorCode.PACKAGE_DAMAGED);
    }
  }

  @Test
  void shouldRefuseAnyFlippedBitOrReadWhatWasSigned() throws IOException {
    Random random = new Random(7);
    Set<ErrorCode> seen = new TreeSet<>();
    for (int i = 0; i < 2000; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      AerieException refusal =
          catchThrowableOfType(
              AerieException.class, () -> assertThat(verified()).isEqualTo(manifest));
      if (refusal != null) {
        assertThat(DAMAGES).contains(refusal.code());
        seen.add(refusal.code());
      }
    }
    assertThat(seen).contains(ErrorCode.PACKAGE_DAMAGED, ErrorCode.PACKAGE_CHANGED);
  }

  @Test
  void shouldRefuseWhatIsNoPackage() throws IOException {
    write(Map.of("repository/readme", bytes("an archive")));
    assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_DAMAGED);
    Files.delete(file);
    assertThat(catchThrowableOfType(AerieException.class, this::verified).code())
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldRefuseAnUnsignedPackage() throws IOException {
    Map<String, byte[]> entries = entries();
    entries.remove(PackageReader.SIGNATURE);
    write(entries);
    assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_UNSIGNED);
  }

  @Test
  void shouldRefuseAnotherKeyEvenIfItClaimsToBeThePinnedOne() throws IOException {
    KeyPair others = TestDistribution.keys();
    Map<String, byte[]> entries = entries();
    byte[] signed = entries.get(PackageReader.MANIFEST);
    PackageSignature theirs =
        PackageSignature.sign(signed, others.getPrivate(), others.getPublic());
    entries.put(PackageReader.SIGNATURE, theirs.toBytes());
    write(entries);
    assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_WRONG_KEY);
    String ours = PackageSignature.fingerprint(keys.getPublic());
    entries.put(PackageReader.SIGNATURE, new PackageSignature(ours, theirs.signature()).toBytes());
    write(entries);
    assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_CHANGED);
  }

  @Test
  void shouldRefuseChangedContent() throws IOException {
    Map<String, byte[]> entries = entries();
    byte[] longer = Arrays.copyOf(entries.get(NBD), entries.get(NBD).length + 100_000);
    byte[] shorter = Arrays.copyOf(entries.get(NBD), entries.get(NBD).length - 1);
    byte[] other = entries.get(NBD).clone();
    other[other.length / 2] ^= 1;
    for (byte[] content : new byte[][] {longer, shorter, other}) {
      entries.put(NBD, content);
      write(entries);
      assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_CHANGED);
    }
    entries.remove(NBD);
    write(entries);
    assertThat(refusal().why()).isEqualTo(NBD + " is missing.");
  }

  @Test
  void shouldRefuseAnotherManifestAndAnythingBesideIt() throws IOException {
    Map<String, byte[]> entries = entries();
    byte[] signed = entries.get(PackageReader.MANIFEST);
    String text = new String(signed, StandardCharsets.UTF_8);
    entries.put(PackageReader.MANIFEST, bytes(text.replace("0.1.0", "0.0.9")));
    write(entries);
    assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_CHANGED);
    entries.put(PackageReader.MANIFEST, signed);
    entries.put("resource/etc/users.properties", bytes("karaf = karaf"));
    write(entries);
    assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_CHANGED);
  }

  /** Readers differ in which of two files of one name they take. */
  @Test
  void shouldRefuseTwoFilesOfOneName() throws IOException {
    Map<String, byte[]> entries = entries();
    String same = NBD.replace("0.1.1/nbd", "0.1.2/nbd");
    entries.put(same, bytes("another"));
    write(entries);
    String archive = Files.readString(file, StandardCharsets.ISO_8859_1).replace(same, NBD);
    Files.writeString(file, archive, StandardCharsets.ISO_8859_1);
    assertThat(refusal().why()).isEqualTo("It has two files " + NBD + ".");
  }

  /** What the vendor himself signed is still not written wherever it says. */
  @Test
  void shouldRefuseSignedPathsOutsideOfTheRepository() throws IOException {
    for (String path :
        Set.of("repository/../../etc/passwd", "resource/etc/x", "/etc/x", "repository/a//b")) {
      assertThat(PackageManifest.isPath(path)).as(path).isFalse();
      byte[] evil =
          bytes(
              new String(manifest.toBytes(), StandardCharsets.UTF_8)
                  .replace("Name: " + NBD, "Name: " + path));
      signed(evil);
      assertThat(refusal().code()).isEqualTo(ErrorCode.PACKAGE_DAMAGED);
    }
    assertThat(PackageManifest.isPath(NBD)).isTrue();
  }

  @Test
  void shouldRefuseAFormatThatItDoesNotKnow() throws IOException {
    signed(
        bytes(
            new String(manifest.toBytes(), StandardCharsets.UTF_8)
                .replace("Aerie-Package-Format: 1", "Aerie-Package-Format: 2")));
    assertThat(refusal().code()).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT);
  }

  private void signed(byte[] manifestBytes) throws IOException {
    Files.write(file, whole);
    Map<String, byte[]> entries = entries();
    entries.put(PackageReader.MANIFEST, manifestBytes);
    entries.put(
        PackageReader.SIGNATURE,
        PackageSignature.sign(manifestBytes, keys.getPrivate(), keys.getPublic()).toBytes());
    write(entries);
  }

  @Test
  void shouldRefuseAVersionThatThePackageDoesNotUpgrade() {
    Installed other = new Installed(ProductVersion.parse("0.1.0-SNAPSHOT"), Set.of());
    AerieException refusal =
        catchThrowableOfType(AerieException.class, () -> other.checkUpgradableBy(manifest));
    assertThat(refusal.code()).isEqualTo(ErrorCode.UPGRADE_FROM_UNSUPPORTED);
    assertThat(refusal.why()).isEqualTo("It upgrades [0.1.0].");
  }

  @Test
  void shouldReadKeysInPemOnly() {
    for (String text :
        new String[] {
          "",
          "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
          TestDistribution.pem("PRIVATE KEY", keys.getPrivate().getEncoded())
        }) {
      assertThat(
              catchThrowableOfType(AerieException.class, () -> PackageSignature.publicKey(text))
                  .code())
          .isEqualTo(ErrorCode.INVALID_VALUE);
    }
  }
}
