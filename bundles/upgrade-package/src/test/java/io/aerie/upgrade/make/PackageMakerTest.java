package io.aerie.upgrade.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.PackagedBundle;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.PackagedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a package holds what changed and nothing else, and none is made that no node would take.
 */
class PackageMakerTest {
  private static final Map<String, String> CONTRACT =
      Map.of("Export-Package", "io.aerie.base;version=\"0.1.0\"");

  @TempDir private Path folder;
  private final KeyPair keys = TestDistribution.keys();
  private TestDistribution before;
  private TestDistribution after;
  private Path file;

  @BeforeEach
  void distributions() throws IOException {
    file = folder.resolve("upgrade.kar");
    before = distribution("before", "0.1.0").bundle("base", "base", CONTRACT);
    before.bundle("nbd", "one").bundle("rest", "same");
    after = distribution("after", "0.1.1");
  }

  private TestDistribution distribution(String name, String version) throws IOException {
    return new TestDistribution(folder.resolve(name), version, keys);
  }

  /** The features of before, of which nbd alone is another. */
  private TestDistribution nbdChanged() throws IOException {
    after.bundle("base", "base", Map.of("Export-Package", "io.aerie.base;version=\"0.1.1\""));
    return after.bundle("nbd", "two").bundle("rest", "same");
  }

  private PackageManifest made() throws IOException {
    return PackageMaker.make(before.whole(), after.whole(), keys.getPrivate(), file);
  }

  private void refused(ErrorCode code) {
    assertThatThrownBy(this::made)
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("before", "after");
  }

  @Test
  void shouldHoldWhatChangedAndNothingElse() throws IOException {
    nbdChanged();
    before.file("lib/aerie.jsa", "of one build");
    after.file("lib/aerie.jsa", "of another");
    after.jar("org/example/library/7.2/library-7.2.jar", new Manifest(), "a newer library");
    String repository = "repository/io/aerie/";
    assertThat(made().files())
        .extracting(PackagedFile::path)
        .containsExactly(
            repository + "features-aerie/0.1.1/features-aerie-0.1.1-features.xml",
            repository + "nbd/0.1.1/nbd-0.1.1.jar",
            "repository/org/example/library/7.2/library-7.2.jar");
    assertThat(features())
        .contains("mvn:io.aerie/nbd/0.1.1<", "mvn:io.aerie/rest/0.1.0<", "mvn:io.aerie/base/0.1.0<")
        .doesNotContain("rest/0.1.1", "base/0.1.1");
  }

  private String features() throws IOException {
    try (ZipFile archive = new ZipFile(file.toFile());
        InputStream content =
            archive.getInputStream(
                archive.getEntry(
                    "repository/io/aerie/features-aerie/0.1.1/features-aerie-0.1.1-features.xml"))) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void shouldTellHowEachBundleIsExchanged() throws IOException {
    after.bundle("base", "other", CONTRACT).bundle("nbd", "two");
    after.bundle("rest", "other", Map.of("Aerie-Drain", "true"));
    assertThat(made().files())
        .extracting(PackagedFile::bundle)
        .filteredOn(Optional::isPresent)
        .extracting(Optional::get)
        .containsExactly(
            new PackagedBundle("io.aerie.base", "0.1.1", Exchange.RESTART, true),
            new PackagedBundle("io.aerie.nbd", "0.1.1", Exchange.SWAP, false),
            new PackagedBundle("io.aerie.rest", "0.1.1", Exchange.SWAP, true));
  }

  /** Bundles of the next minor version import its contracts by ranges that begin with it. */
  @Test
  void shouldCountContractsAsChangedInTheNextMinorVersion() throws IOException {
    after = distribution("after", "0.2.0");
    after.bundle("base", "base", Map.of("Export-Package", "io.aerie.base;version=\"0.2.0\""));
    after.bundle("nbd", "one").bundle("rest", "same");
    assertThat(made().files())
        .extracting(found -> found.bundle().map(PackagedBundle::symbolicName).orElse("features"))
        .containsExactly("io.aerie.base", "features");
  }

  @Test
  void shouldBeAnArchiveWhoseFeaturesKarafDoesNotStartByItself() throws IOException {
    nbdChanged();
    made();
    try (JarInputStream archive = new JarInputStream(Files.newInputStream(file))) {
      assertThat(archive.getManifest().getMainAttributes().getValue("Karaf-Feature-Start"))
          .isEqualTo("false");
    }
  }

  @Test
  void shouldGiveTheSameBytesForTheSameInput() throws IOException {
    nbdChanged();
    made();
    byte[] first = Files.readAllBytes(file);
    made();
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Test
  void shouldRefuseWhatNoPackageExchanges() throws IOException {
    nbdChanged();
    for (String path :
        List.of(
            "etc/another.cfg",
            "etc/org.apache.karaf.features.cfg",
            "bin/aerie-node",
            "system/org/apache/karaf/core/4.4.10/core-4.4.10.jar",
            "system/org/example/library/7.1/library-7.1.jar")) {
      Path changed = after.folder().resolve(path);
      byte[] content = Files.exists(changed) ? Files.readAllBytes(changed) : null;
      after.file(path, "changed");
      refused(ErrorCode.UPGRADE_NOT_BY_PACKAGE);
      if (content == null) {
        Files.delete(changed);
      } else {
        Files.write(changed, content);
      }
    }
    made();
    assertThat(file).exists();
  }

  @Test
  void shouldRefuseAnotherPrivateKey() throws IOException {
    nbdChanged();
    KeyPair others = TestDistribution.keys();
    assertThatThrownBy(
            () -> PackageMaker.make(before.whole(), after.whole(), others.getPrivate(), file))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_VALUE));
    assertThat(file).doesNotExist();
  }

  @Test
  void shouldRefuseADistributionWithoutKey() throws IOException {
    nbdChanged();
    Files.delete(before.folder().resolve(Distribution.PINNED_KEY));
    refused(ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldRefuseWhatIsNoUpgradeOfTheFormer() throws IOException {
    after.bundle("base", "base", CONTRACT).bundle("nbd", "two");
    refused(ErrorCode.UPGRADE_FEATURE_REMOVED);
    for (String version : List.of("0.1.0", "0.1.0-SNAPSHOT", "0.0.9")) {
      after.file("etc/aerie.version", version + " build");
      after = distribution("after", version).bundle("nbd", "two");
      refused(ErrorCode.UPGRADE_DOWNGRADE);
    }
    for (String version : List.of("0.3.0", "1.0.0", "1.1.0")) {
      after = distribution("after", version).bundle("nbd", "two");
      refused(ErrorCode.UPGRADE_TOO_FAR);
    }
  }

  @Test
  void shouldTellTheLauncherWhatHappened() throws IOException {
    nbdChanged();
    Path key = folder.resolve("private.pem");
    Files.writeString(key, TestDistribution.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    List<String> make =
        List.of(
            "make",
            before.whole().toString(),
            after.whole().toString(),
            key.toString(),
            file.toString());
    assertThat(PackageTool.run(make, out, out)).isZero();
    List<String> check = List.of("check", file.toString(), before.folder().toString());
    assertThat(PackageTool.run(check, out, out)).isZero();
    String summary = "from [0.1.0] to 0.1.1\nio.aerie.nbd 0.1.1 swap\n";
    assertThat(said.toString(StandardCharsets.UTF_8)).isEqualTo(summary + summary);
    said.reset();
    List<String> backwards = List.of("check", file.toString(), after.folder().toString());
    assertThat(PackageTool.run(backwards, out, out)).isEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8)).startsWith("upgrade-downgrade: ");
    assertThat(PackageTool.run(List.of("make"), out, out)).isEqualTo(2);
  }
}
