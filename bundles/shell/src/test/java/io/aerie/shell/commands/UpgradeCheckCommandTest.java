package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.Views;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.upgrade.make.PackageMaker;
import io.aerie.upgrade.make.TestDistribution;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says of a package that was made for it, and of others. */
class UpgradeCheckCommandTest {
  @TempDir private Path folder;
  private Path former;
  private Path next;
  private Path file;

  @BeforeEach
  void make() throws Exception {
    KeyPair keys = TestDistribution.keys();
    file = folder.resolve("upgrade.kar");
    former =
        new TestDistribution(folder.resolve("before"), "0.1.0", keys).bundle("nbd", "1").whole();
    next = new TestDistribution(folder.resolve("after"), "0.1.1", keys).bundle("nbd", "2").whole();
    PackageMaker.make(former, next, keys.getPrivate(), file);
  }

  private String run(Path home, boolean json) {
    UpgradeCheckCommand command = new UpgradeCheckCommand();
    command.file = file.toString();
    command.home = home;
    command.json = json;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        new FakeSubsystems(),
        new Caller("admin", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "local", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldTellWhatThePackageWouldExchange() throws Exception {
    assertThat(run(former, false))
        .startsWith("upgrades 0.1.0 to 0.1.1\n")
        .contains("io.aerie.nbd")
        .contains("swap");
    assertThat(Views.mapper().readTree(run(former, true)))
        .isEqualTo(
            Views.mapper()
                .readTree(
                    """
                    {"version": "0.1.1", "from": ["0.1.0"], "bundles": [{"symbolicName": "io.aerie.nbd",
                     "version": "0.1.1", "exchange": "swap", "drained": false}]}
                    """));
  }

  @Test
  void shouldRefuseWhatIsNotForThisNode() throws Exception {
    assertThat(refusal(next)).isEqualTo(ErrorCode.UPGRADE_DOWNGRADE);
    Path others =
        new TestDistribution(folder.resolve("others"), "0.1.0", TestDistribution.keys()).whole();
    assertThat(refusal(others)).isEqualTo(ErrorCode.PACKAGE_WRONG_KEY);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(refusal(former)).isEqualTo(ErrorCode.PACKAGE_DAMAGED);
    Files.delete(file);
    assertThat(refusal(former)).isEqualTo(ErrorCode.NOT_FOUND);
  }

  private ErrorCode refusal(Path home) {
    return catchThrowableOfType(AerieException.class, () -> run(home, false)).code();
  }
}
