package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Change.Put;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeLogMove;
import io.aerie.face.fakes.FakeRebuild;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeTransfer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of ConfigDB over fakes: dry runs, files, watches. */
@Timeout(60)
class ConfigCommandsTest {
  private final FakeConfig config = new FakeConfig();
  private final FakeTransfer transfer = new FakeTransfer();
  private final FakeRebuild rebuild = new FakeRebuild();
  private final FakeLogMove logMove = new FakeLogMove();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ConfigStore.class, config)
          .with(ConfigTransfer.class, transfer)
          .with(ConfigRebuild.class, rebuild)
          .with(ConfigLogMove.class, logMove);

  @TempDir private Path folder;

  private String run(AerieCommand command, Role role) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.run(
        subsystems,
        new Caller("ada", role, Set.of(), Optional.empty(), "local", 1),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String run(AerieCommand command) {
    return run(command, Role.ADMINISTRATOR);
  }

  private void assertRefused(AerieCommand command, ErrorCode code) {
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  private static ConfigSetCommand set(String path) {
    ConfigSetCommand set = new ConfigSetCommand();
    set.path = path;
    set.document = "{\"x\":1}";
    return set;
  }

  @Test
  void shouldChangeNothingOnDryRun() throws Exception {
    ConfigSetCommand set = set("a/b");
    set.dryRun = true;
    assertThat(run(set).strip()).isEqualTo("would be changed: a/b");
    assertThat(config.listLocal("")).isEmpty();
    set.revision = 3L;
    assertRefused(set, ErrorCode.PRECONDITION_FAILED);
    set.revision = null;
    set.dryRun = false;
    set.json = true;
    JsonNode made = new ObjectMapper().readTree(run(set));
    assertThat(made.path("revision").asLong()).isEqualTo(1);

    ConfigDeleteCommand delete = new ConfigDeleteCommand();
    delete.path = "a/b";
    delete.dryRun = true;
    assertThat(run(delete).strip()).isEqualTo("would be changed: a/b");
    delete.dryRun = false;
    delete.revision = 9L;
    assertRefused(delete, ErrorCode.PRECONDITION_FAILED);
    delete.revision = null;
    assertThat(run(delete).strip()).isEqualTo("2");
    assertThat(config.listLocal("")).isEmpty();
    assertRefused(delete, ErrorCode.NOT_FOUND);
    delete.path = "users/ada";
    assertRefused(delete, ErrorCode.FORBIDDEN);
  }

  @Test
  void shouldKeepTheTypeUnlessAnotherIsNamed() {
    config
        .commit(new ConfigTransaction(List.of(), List.of(new Put("pools/p", "pool", "{}"))))
        .join();
    run(set("pools/p"));
    assertThat(config.get("pools/p").join().orElseThrow().type()).isEqualTo("pool");
    ConfigSetCommand named = set("pools/p");
    named.type = "other";
    run(named);
    assertThat(config.get("pools/p").join().orElseThrow().type()).isEqualTo("other");
    run(set("new"));
    assertThat(config.get("new").join().orElseThrow().type()).isEqualTo("document");
  }

  @Test
  void shouldNotWriteTheClustersOwnRecords() {
    for (String path : new String[] {"cluster/removed/n2", "cluster/nodes/n2", "cluster"}) {
      assertRefused(set(path), ErrorCode.FORBIDDEN);
      ConfigDeleteCommand delete = new ConfigDeleteCommand();
      delete.path = path;
      assertRefused(delete, ErrorCode.FORBIDDEN);
    }
    run(set("clusters"));
    assertThat(config.listLocal("")).hasSize(1);
  }

  @Test
  void shouldWatchWhatTheCallerMaySee() throws Exception {
    run(set("a/b"));
    config
        .commit(new ConfigTransaction(List.of(), List.of(new Put("users/ada", "user", "{}"))))
        .join();
    run(set("z"));
    ConfigWatchCommand watch = new ConfigWatchCommand();
    watch.since = 0L;
    watch.count = 2;
    assertThat(run(watch, Role.OBSERVER)).isEqualTo("1 written a/b\n3 written z\n");
    watch.count = 3;
    watch.json = true;
    String[] lines = run(watch).split("\n", -1);
    JsonNode second = new ObjectMapper().readTree(lines[1]);
    assertThat(second.path("action").asText()).isEqualTo("written");
    assertThat(second.path("id").asText()).isEqualTo("users/ada");
  }

  @Test
  void shouldShowHashesToNobody() {
    String user = "{\"role\":\"OPERATOR\",\"passwordHash\":\"h4sh\"}";
    config
        .commit(new ConfigTransaction(List.of(), List.of(new Put("users/ada", "user", user))))
        .join();
    ConfigGetCommand get = new ConfigGetCommand();
    get.path = "users/ada";
    ConfigListCommand list = new ConfigListCommand();
    list.json = true;
    ConfigWatchCommand watch = new ConfigWatchCommand();
    watch.since = 0L;
    watch.count = 1;
    watch.json = true;
    for (AerieCommand command : List.of(get, list, watch)) {
      assertThat(run(command)).contains("OPERATOR").doesNotContain("h4sh");
    }
  }

  /** Its changes share a revision: whoever goes on from the last line would miss the rest. */
  @Test
  void shouldNotEndAWatchInTheMiddleOfATransaction() {
    List<Change> changes = List.of(new Put("a", "t", "{}"), new Put("b", "t", "{}"));
    config.commit(new ConfigTransaction(List.of(), changes)).join();
    run(set("c"));
    ConfigWatchCommand watch = new ConfigWatchCommand();
    watch.since = 0L;
    watch.count = 1;
    assertThat(run(watch)).isEqualTo("1 written a\n1 written b\n");
    watch.since = 1L;
    assertThat(run(watch)).isEqualTo("2 written c\n");
  }

  @Test
  void shouldTellAWatchThatCannotKeepUp() {
    for (int i = 0; i < 1_001; i++) {
      run(set("a" + i));
    }
    ConfigWatchCommand watch = new ConfigWatchCommand();
    watch.since = 0L;
    assertRefused(watch, ErrorCode.LIMIT_REACHED);
  }

  @Test
  void shouldWriteAPrivateFileOnceAndImportIt() throws Exception {
    Path file = folder.resolve("export");
    ConfigExportCommand export = new ConfigExportCommand();
    export.file = file.toString();
    assertThat(run(export)).contains("2 documents at revision 7").contains("left out: 1");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertRefused(export, ErrorCode.ALREADY_EXISTS);
    assertThat(file).content().isEqualTo(FakeTransfer.PLAIN);
    export.file = folder.resolve("none/export").toString();
    assertRefused(export, ErrorCode.IO_ERROR);

    ConfigImportCommand restore = new ConfigImportCommand();
    restore.file = file.toString();
    restore.dryRun = true;
    assertThat(run(restore)).contains("create   pools/p1 (pool)").contains("would be imported: 1");
    assertThat(transfer.imports()).isEmpty();
    restore.dryRun = false;
    restore.mode = "replace";
    assertThat(run(restore)).contains("imported: 1 changes, 1 documents as they were, revision 8");
    assertThat(transfer.imports()).containsExactly("REPLACE");
    restore.mode = "some";
    assertRefused(restore, ErrorCode.INVALID_VALUE);
    restore.file = folder.resolve("absent").toString();
    assertRefused(restore, ErrorCode.IO_ERROR);
  }

  @Test
  void shouldAskForThePassphrase() {
    Path file = folder.resolve("export");
    ConfigExportCommand export = new ConfigExportCommand();
    export.file = file.toString();
    export.encrypt = true;
    export.session = TestSession.headless("correct horse\n");
    assertThat(run(export)).doesNotContain("correct horse").doesNotContain("left out");
    assertThat(file).content().isEqualTo("sealed with correct horse");

    ConfigImportCommand restore = new ConfigImportCommand();
    restore.file = file.toString();
    restore.session = TestSession.terminal("another", "another");
    assertRefused(restore, ErrorCode.INVALID_VALUE);
    restore.session = TestSession.terminal("correct horse", "correct horse");
    restore.json = true;
    assertThat(run(restore)).contains("\"action\" : \"create\"");
  }

  @Test
  void shouldTellWhatARebuildFoundAndDid() {
    ConfigRebuildCommand command = new ConfigRebuildCommand();
    assertThat(run(command))
        .contains("step 1 of 2")
        .containsPattern("n2 +/dev/sdx +42 +1 +1970-01-01T00:00:00Z")
        .contains("not asked: node n3: down")
        .contains("create   pools/p1 (pool)")
        .contains("not in the copy: tokens: 3")
        .contains("not known: changes after revision 42")
        .contains("rebuilt: 2 documents, 1 changes, 1 as they were, revision 9");
    command.discard = true;
    assertThat(run(command)).contains("discarded: no copy is restored");
    command.discard = false;
    command.dryRun = true;
    command.json = true;
    assertThat(run(command)).startsWith("{").contains("\"contentBytes\" : 2048");
    assertThat(rebuild.wishes()).hasSize(3);
  }

  @Test
  void shouldTellHowFarTheLogMoved() {
    ConfigLogMoveCommand command = new ConfigLogMoveCommand();
    command.provider = "ratis";
    assertThat(run(command))
        .startsWith("checked")
        .contains("sealed")
        .contains("not confirmed yet: n2 follows by itself")
        .contains("moved: atomix:config to ratis:config-2, revision 7, nodes n1, n2");
    command.dryRun = true;
    assertThat(run(command)).contains("could be moved: atomix:config to ratis, revision 7");
    command.json = true;
    assertThat(run(command)).startsWith("{").contains("\"dryRun\" : true");
    assertThat(logMove.wishes()).hasSize(3);
  }
}
