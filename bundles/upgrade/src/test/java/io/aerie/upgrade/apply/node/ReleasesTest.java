package io.aerie.upgrade.apply.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.apply.TestPackages;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a node always has one whole release to start, and knows which. Method: real packages. */
class ReleasesTest {
  @TempDir Path folder;
  private TestPackages test;

  @BeforeEach
  void makeNode() throws IOException {
    test = new TestPackages(folder);
  }

  private StoredPackage toNext() throws IOException {
    return test.take(test.home(), test.distribution("0.1.1", "two", "one"));
  }

  @Test
  void shouldBeginWithTheDistribution() {
    Release current = test.releases.current();
    assertThat(current.name()).isEqualTo(Release.DISTRIBUTION);
    assertThat(current.version()).hasToString("0.1.0");
    assertThat(current.bundles())
        .containsOnlyKeys("io.aerie.left", "io.aerie.right")
        .allSatisfy((name, bundle) -> assertThat(bundle.version()).isEqualTo("0.1.0"));
  }

  @Test
  void shouldComposeAReleaseOfWhatChangedAndWhatDidNot() throws IOException {
    Release made = test.releases.compose(toNext());

    assertThat(made.version()).hasToString("0.1.1");
    assertThat(made.bundles().get("io.aerie.left").version()).isEqualTo("0.1.1");
    assertThat(made.bundles().get("io.aerie.right").version()).isEqualTo("0.1.0");
    assertThat(made.bundles().get("io.aerie.left").file()).startsWith(test.node);
    assertThat(made.bundles().get("io.aerie.right").file()).startsWith(test.home());
    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
  }

  @Test
  void shouldNameTheNewVersionInTheConfigurationOfTheContainer() throws IOException {
    StoredPackage source = toNext();
    Release made = test.releases.compose(source);

    Path etc = test.node.resolve("releases").resolve(made.name()).resolve("etc");
    assertThat(etc.resolve("org.apache.karaf.features.cfg"))
        .hasContent(
            """
            featuresBoot=scr/4.4.10, aerie-appliance/0.1.1, shell/4.4.10
            featuresRepositories=mvn\\:io.aerie/features-aerie/0.1.1/xml/features
            """);
    assertThat(etc.resolve("aerie.version"))
        .hasContent("0.1.1 " + source.sha256().substring(0, 12) + "\n");
  }

  @Test
  void shouldGoOnTopOfAPackage() throws IOException {
    StoredPackage first = toNext();
    Release former = test.releases.compose(first);
    test.releases.arm(former);
    test.releases.confirm();
    // left is the same as in 0.1.1, which this node has from the package; right is another
    Path before = folder.resolve("distribution-0.1.1");
    Release made =
        test.releases.compose(test.take(before, test.distribution("0.1.2", "two", "two")));

    assertThat(made.bundles().get("io.aerie.left").version()).isEqualTo("0.1.1");
    assertThat(made.bundles().get("io.aerie.right").version()).isEqualTo("0.1.2");
    assertThat(made.bundles().get("io.aerie.left").file()).startsWith(test.node);
    assertThat(test.releases.find(former.name())).as("where to go back").isPresent();
  }

  @Test
  void shouldNameWhatANodeHasUnderAnOlderVersionThanThePackageSays() throws IOException {
    // right has not changed since 0.1.0, and the package to 0.1.2 was made from a whole 0.1.1
    test.releases.arm(test.releases.compose(toNext()));
    Path before = folder.resolve("distribution-0.1.1");
    Release made =
        test.releases.compose(test.take(before, test.distribution("0.1.2", "three", "one")));

    assertThat(made.bundles().get("io.aerie.right").version()).isEqualTo("0.1.0");
  }

  @Test
  void shouldTakeTheArmedReleaseAndGoBack() throws IOException {
    Release made = test.releases.compose(toNext());
    test.releases.arm(made);
    assertThat(test.releases.current().name()).isEqualTo(made.name());

    test.releases.giveUp(
        made, test.releases.find(Release.DISTRIBUTION).orElseThrow(), "It failed.");

    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
    assertThat(test.releases.whyGivenUp(made.name())).contains("It failed.");
    assertThat(test.releases.whyGivenUp("another")).isEmpty();
    assertThat(test.node.resolve("releases/trial")).doesNotExist();
  }

  @Test
  void shouldIgnoreAReleaseThatLiesOverAnotherDistribution() throws IOException {
    Release made = test.releases.compose(toNext());
    test.releases.arm(made);
    Files.writeString(test.home().resolve("etc/aerie.version"), "0.1.0 another-build\n");

    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
    assertThat(test.releases.find(made.name())).isEmpty();
  }

  @Test
  void shouldKeepNothingOfAPackageThatIsDamaged() throws IOException {
    byte[] whole = Files.readAllBytes(toNext().file());
    whole[whole.length / 2] ^= 1;

    assertThatThrownBy(() -> test.packages.receive(new ByteArrayInputStream(whole)))
        .isInstanceOf(AerieException.class);
    byte[] half = Arrays.copyOf(whole, whole.length / 2);
    assertThatThrownBy(() -> test.packages.receive(new ByteArrayInputStream(half)))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.PACKAGE_DAMAGED));

    try (Stream<Path> files = Files.list(test.releases.packages())) {
      assertThat(files).as("the first one alone").hasSize(1);
    }
  }

  @Test
  void shouldGiveAPackageInParts() throws IOException {
    StoredPackage source = toNext();
    byte[] whole = Files.readAllBytes(source.file());

    assertThat(test.packages.digests()).isEqualTo(Set.of(source.sha256()));
    assertThat(test.packages.read(source.sha256(), 0, 10)).isEqualTo(Arrays.copyOf(whole, 10));
    assertThat(test.packages.read(source.sha256(), whole.length - 3, 10))
        .isEqualTo(Arrays.copyOfRange(whole, whole.length - 3, whole.length));
    assertThat(test.packages.read(source.sha256(), whole.length, 10)).isEmpty();
    for (String wrong : List.of("../../etc/passwd", "0".repeat(64))) {
      assertThatThrownBy(() -> test.packages.read(wrong, 0, 10)).isInstanceOf(AerieException.class);
    }
  }
}
