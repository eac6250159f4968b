package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.Views;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUpgrades;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What administrators see of upgrades, and that each command asks for what it says. */
class UpgradeCommandsTest {
  private final FakeUpgrades upgrades = new FakeUpgrades();

  private String run(AerieCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        new FakeSubsystems().with(UpgradeAdministration.class, upgrades),
        new Caller("admin", Role.ADMINISTRATOR, Set.of(), Optional.empty(), "local", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldTellWhatAPackageWouldExchange(@TempDir Path folder) throws Exception {
    UpgradeCheckCommand check = new UpgradeCheckCommand();
    check.file = Files.writeString(folder.resolve("p.kar"), "a package").toString();
    assertThat(run(check))
        .startsWith("upgrades 0.1.0 to 0.1.1\n")
        .contains("io.aerie.nbd")
        .contains("swap");
    check.json = true;
    assertThat(Views.mapper().readTree(run(check)))
        .isEqualTo(
            Views.mapper()
                .readTree(
                    """
                    {"version": "0.1.1", "from": ["0.1.0"], "bundles": [{"symbolicName": "io.aerie.nbd",
                     "version": "0.1.1", "exchange": "swap", "drained": false}]}
                    """));
  }

  @Test
  void shouldUploadTheWholeFileAndListIt(@TempDir Path folder) throws Exception {
    UpgradeUploadCommand upload = new UpgradeUploadCommand();
    upload.file = Files.writeString(folder.resolve("p.kar"), "a package").toString();
    assertThat(run(upload)).startsWith("kept: 0.1.1\n").contains("io.aerie.nbd");
    assertThat(upgrades.uploaded()).contains("a package");
    assertThat(run(new UpgradeListCommand())).contains("0.1.1").contains("n1");
  }

  @Test
  void shouldRemoveAPackage() {
    UpgradeDeleteCommand delete = new UpgradeDeleteCommand();
    delete.version = "0.1.1";
    delete.dryRun = true;
    assertThat(run(delete)).isEqualTo("would be deleted: 0.1.1\n");
    assertThat(run(new UpgradeListCommand())).contains("0.1.1");
    delete.dryRun = false;
    assertThat(run(delete)).isEqualTo("deleted: 0.1.1\n");
    assertThat(run(new UpgradeListCommand())).doesNotContain("0.1.1");
  }

  @Test
  void shouldTellAPlanWithItsChecks() {
    UpgradePlanCommand plan = new UpgradePlanCommand();
    plan.version = "0.1.1";
    assertThat(run(plan))
        .contains("ok: All 3 nodes are reached.\n")
        .contains(
            "upgrade-no-space: The node n2 has too little room.\n  1 MiB are free. Make room.\n")
        .endsWith("It would be refused.\n");
  }

  @Test
  void shouldSteerARun() {
    UpgradeStartCommand start = new UpgradeStartCommand();
    start.version = "0.1.1";
    assertThat(run(start)).startsWith("upgrade to 0.1.1 from 0.1.0 by swap: running\n");
    assertThat(run(new UpgradePauseCommand())).contains(": paused\n");
    assertThat(run(new UpgradeShowCommand())).contains(": paused\n").contains("n1");
    assertThat(run(new UpgradeResumeCommand())).contains(": running\n");
    assertThat(run(new UpgradeRollBackCommand()))
        .startsWith("back from the upgrade to 0.1.1 from 0.1.0 by swap: running\nwanted\n");
  }
}
