package io.aerie.upgrade.apply.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.upgrade.apply.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a start takes the old release or the new one, whole, wherever the power was cut. Method:
 * the distribution's own start script over real releases, with a program in the JVM's place that
 * ends at once: to the files that is what a power cut during the start is.
 */
class NodeStartTest {
  private static final Path SCRIPT =
      Path.of("../../assembly/appliance/src/main/distribution/bin/aerie-node");

  @TempDir Path folder;
  private TestPackages test;
  private Release next;

  @BeforeEach
  void makeNode() throws IOException {
    test = new TestPackages(folder);
    next = test.releases.compose(test.take(test.home(), test.distribution("0.1.1", "two", "one")));
    Files.writeString(test.node.resolve("etc/io.aerie.node.cfg"), "node = n1\n");
    executable(Files.copy(SCRIPT, test.home().resolve("bin/started")));
    Files.createDirectories(folder.resolve("jdk/bin"));
    executable(Files.writeString(folder.resolve("jdk/bin/java"), "#!/bin/sh\n"));
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A start that is cut off when all is copied but the stamp. */
  private void startCutOff() throws Exception {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    Path copy = tools.resolve("cp");
    executable(
        Files.writeString(
            copy,
            """
            #!/bin/sh
            case $1 in */etc/aerie.version) exit 1 ;; esac
            exec /bin/cp "$@"
            """));
    assertThat(run(tools + ":" + System.getenv("PATH"))).isEqualTo(1);
    Files.delete(copy);
  }

  private int run(String path) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(test.home().resolve("bin/started").toString(), test.node.toString());
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().put("PATH", path);
    Process process =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** Starts the node, and tells which version the container would boot. */
  private String start() throws Exception {
    Path cached = test.node.resolve("karaf/cache/bundle1");
    Files.createDirectories(cached);
    assertThat(run(System.getenv("PATH"))).as("the start").isZero();
    String stamp = Files.readString(test.node.resolve("etc/aerie.version"));
    String features = Files.readString(test.node.resolve("etc/org.apache.karaf.features.cfg"));
    String version = stamp.split(" ")[0];
    assertThat(features).contains("aerie-appliance/" + version + ",");
    return version + (Files.exists(cached) ? " from the cache" : "");
  }

  @Test
  void shouldTakeTheDistributionWhereThereIsNoRelease() throws Exception {
    test.releases.invalidateCache();
    assertThat(start()).isEqualTo("0.1.0");
    assertThat(start()).isEqualTo("0.1.0 from the cache");
  }

  @Test
  void shouldStayWithAConfirmedRelease() throws Exception {
    test.releases.arm(next);
    test.releases.confirm();
    assertThat(start()).isEqualTo("0.1.1");
    assertThat(start()).isEqualTo("0.1.1 from the cache");
  }

  @Test
  void shouldTryAReleaseOnceAndGoBack() throws Exception {
    test.releases.arm(next);
    assertThat(start()).isEqualTo("0.1.1");
    assertThat(start()).isEqualTo("0.1.0");
    assertThat(test.releases.current().name()).isEqualTo(Release.DISTRIBUTION);
    assertThat(test.releases.whyGivenUp(next.name())).isPresent();
    assertThat(start()).isEqualTo("0.1.0 from the cache");
  }

  @Test
  void shouldGoBackToAReleaseToo() throws Exception {
    test.releases.arm(next);
    test.releases.confirm();
    Path before = folder.resolve("distribution-0.1.1");
    test.releases.arm(
        test.releases.compose(test.take(before, test.distribution("0.1.2", "two", "two"))));
    assertThat(start()).isEqualTo("0.1.2");
    assertThat(start()).isEqualTo("0.1.1");
    assertThat(test.releases.current().name()).isEqualTo(next.name());
  }

  @Test
  void shouldThrowTheCacheAwayThatWasBeingSwapped() throws Exception {
    test.releases.invalidateCache();
    assertThat(start()).isEqualTo("0.1.0");
    test.releases.arm(next);
    test.releases.invalidateCache();
    assertThat(start()).isEqualTo("0.1.1");
  }

  @Test
  void shouldTakeTheOldOneWhenThePowerWasCutBeforeThePointerMoved() throws Exception {
    // what arming writes first
    Files.writeString(test.node.resolve("releases/trial"), Release.DISTRIBUTION);
    test.releases.invalidateCache();
    assertThat(start()).isEqualTo("0.1.0");
    assertThat(start()).isEqualTo("0.1.0 from the cache");
    assertThat(test.releases.whyGivenUp(Release.DISTRIBUTION)).isEmpty();
  }

  @Test
  void shouldNotMixVersionsWhenAStartIsCutOff() throws Exception {
    test.releases.invalidateCache();
    assertThat(start()).isEqualTo("0.1.0");
    test.releases.arm(next);
    startCutOff();
    assertThat(start()).as("tried once").isEqualTo("0.1.0");
    test.releases.arm(next);
    test.releases.confirm();
    startCutOff();
    assertThat(start()).isEqualTo("0.1.1");
  }

  @Test
  void shouldTakeAnotherDistributionBeforeReleasesOverTheFormer() throws Exception {
    test.releases.arm(next);
    test.releases.confirm();
    assertThat(start()).isEqualTo("0.1.1");
    Files.writeString(test.home().resolve("etc/aerie.version"), "0.1.0 built-anew\n");
    assertThat(start()).isEqualTo("0.1.0");
  }
}
