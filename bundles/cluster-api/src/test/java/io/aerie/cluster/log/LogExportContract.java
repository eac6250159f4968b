package io.aerie.cluster.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A log's state goes to a file, and a log is founded from a file, whichever provider wrote it. */
public abstract class LogExportContract extends LogCluster {
  @Test
  void shouldExportWhatWasAcknowledged() throws Exception {
    open(N1, true, List.of());
    open(N2, false, List.of(N1));
    for (int i = 0; i < 10; i++) {
      get(N1).put("k" + i, "v" + i);
      assertThat(registerIn(get(N2).export(), "k" + i)).isEqualTo("v" + i);
    }
    Path file = folder.resolve("exported");
    get(N2).export().write(file);
    assertThat(registerIn(StateFile.readFor(Replica.LOG, file), "k9")).isEqualTo("v9");
  }

  @Test
  void shouldFoundFromAFileAndGiveItToJoiners() throws Exception {
    Path file = folder.resolve("founding");
    RegisterMachine source = new RegisterMachine();
    for (int i = 1; i <= 200; i++) {
      source.apply(i, ("old" + i + "=" + "v".repeat(100) + i).getBytes(UTF_8));
    }
    new StateFile(Replica.LOG, 200, bytes(source)).write(file);
    foundFrom(file);
    get(N1).put("new", "1");
    open(N2, false, List.of(N1));
    for (int round = 0; round < 2; round++) {
      for (Replica replica : running.values()) {
        assertThat(replica.read("old200")).isEqualTo("v".repeat(100) + 200);
        replica.awaitLocal("new", "1");
        assertThat(replica.readLocal("old1")).isEqualTo("v".repeat(100) + 1);
      }
      closeTogether(List.of(N1, N2));
      Files.deleteIfExists(file);
      reopenTogether(List.of(N1, N2));
    }
  }

  @Test
  void shouldNotFoundFromADamagedFileOrAnotherLogs() throws Exception {
    Path file = folder.resolve("founding");
    new StateFile("another", 1, bytes(new RegisterMachine())).write(file);
    assertThatThrownBy(() -> foundFrom(file))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE));
    close(N1);
    new StateFile(Replica.LOG, 1, bytes(new RegisterMachine())).write(file);
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length - 6] ^= 1;
    Files.write(file, damaged);
    assertThatThrownBy(() -> foundFrom(file))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }

  @Test
  void shouldRemoveALogThatIsClosedAndLeaveOthers() throws Exception {
    open(N1, true, List.of());
    ReplicatedLogProvider logs = get(N1).provider();
    RegisterMachine machine = new RegisterMachine();
    ReplicatedLog other =
        Replica.get(logs.open(new LogSpecification("other", machine, true, List.of())));
    Replica.get(other.submit("a=1".getBytes(UTF_8)));
    assertThatThrownBy(() -> logs.remove("other"))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
    other.close();
    assertThat(logs.holds("other")).isTrue();
    logs.remove("other");
    logs.remove("other");
    assertThat(logs.holds("other")).isFalse();
    get(N1).put("b", "1");
    close(N1);
    assertThat(reopen(N1).read("b")).isEqualTo("1");
  }

  @Test
  void shouldEndAnOpeningThatIsCancelled() throws Exception {
    open(N1, true, List.of());
    ReplicatedLogProvider logs = get(N1).provider();
    CompletableFuture<ReplicatedLog> never =
        logs.open(new LogSpecification("never", new RegisterMachine(), false, List.of(N2)));
    assertThat(never.cancel(false)).isTrue();
    // it may still run for a moment; afterwards nothing is left of it
    Await.until(
        "the opening has ended", Replica.BOUND, () -> Replica.succeeds(() -> removed(logs)));
    assertThat(logs.holds("never")).isFalse();
  }

  private static void removed(ReplicatedLogProvider logs) {
    try {
      logs.remove("never");
    } catch (AerieException e) {
      throw e.code() == ErrorCode.IN_USE
          ? new AerieException(ErrorCode.UNAVAILABLE, "still in use", "", "", e)
          : e;
    }
  }

  private void foundFrom(Path file) throws Exception {
    RunningProvider provider = start(cluster().identity(N1, List.of()), cluster().network().of(N1));
    Replica replica =
        new Replica(N1, provider, new RegisterMachine(), true, List.of(), Optional.of(file));
    running.put(N1, replica);
    replica.log();
  }

  private static byte[] bytes(StateMachine machine) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    machine.writeSnapshot(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static String registerIn(StateFile state, String name) throws Exception {
    RegisterMachine machine = new RegisterMachine();
    machine.readSnapshot(
        state.index(), new DataInputStream(new ByteArrayInputStream(state.state())));
    return new String(machine.query(name.getBytes(UTF_8)), UTF_8);
  }
}
