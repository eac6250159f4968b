package io.aerie.cluster.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What every provider of {@link ReplicatedLog} promises, tried on up to three nodes. */
public abstract class ReplicatedLogContract extends LogCluster {
  private static final int ENTRY_BYTES = 64 << 10;

  @Test
  void shouldServeAloneAfterFounding() throws Exception {
    Replica n1 = open(N1, true, List.of());
    n1.put("a", "1");
    n1.put("a", "1");
    assertThat(n1.read("a")).isEqualTo("1");
    assertThat(n1.readLocal("a")).isEqualTo("1");
    assertThat(n1.read("missing")).isEmpty();
    ReplicatedLog.LogStatus status = n1.log().status();
    assertThat(status.role()).isEqualTo(ReplicatedLog.Role.LEADER);
    assertThat(status.leader()).contains(N1);
    assertThat(status.members()).containsExactly(N1);
    assertThat(status.appliedIndex()).isPositive().isLessThanOrEqualTo(status.committedIndex());
    n1.log().close();
    assertThat(n1.log().status().role()).isEqualTo(ReplicatedLog.Role.CLOSED);
    assertThat(Replica.succeeds(() -> n1.put("a", "2"))).isFalse();
  }

  /** Files may be longer than what is in them. */
  @Test
  void shouldTellWhatItsEntriesTake() throws Exception {
    Replica n1 = open(N1, true, List.of());
    n1.put("a", "1");
    long before = n1.log().status().logBytes();
    assertThat(before).isPositive().isLessThan(ENTRY_BYTES);
    n1.put("a", "x".repeat(ENTRY_BYTES));
    assertThat(n1.log().status().logBytes())
        .isBetween(before + ENTRY_BYTES, before + 2 * ENTRY_BYTES);
  }

  @Test
  void shouldRefuseACommandThatIsEmptyOrTooLarge() throws Exception {
    ReplicatedLog log = open(N1, true, List.of()).log();
    assertRefused(log.submit(new byte[0]), ErrorCode.INVALID_SIZE);
    assertRefused(log.submit(new byte[ReplicatedLog.COMMAND_BYTES_MAX + 1]), ErrorCode.TOO_LARGE);
    get(N1).put("a", "1");
    assertThat(get(N1).readLocal("a")).isEqualTo("1");
  }

  @Test
  void shouldAnswerOnEveryMemberWhatAnyMemberWrote() throws Exception {
    openThree();
    for (Replica writer : running.values()) {
      for (int round = 0; round < 5; round++) {
        String value = writer.id + "-" + round;
        writer.put("last", value);
        for (Replica reader : running.values()) {
          assertThat(reader.read("last")).as("%s reads", reader.id).isEqualTo(value);
        }
      }
    }
    NodeId leader = get(N1).awaitLeader();
    for (Replica replica : running.values()) {
      replica.awaitMembers(ALL);
      replica.awaitLocal("last", "n3-4");
      assertThat(replica.log().status().leader()).contains(leader);
    }
  }

  /** What hands an answer over holds nothing that the next request needs. */
  @Test
  void shouldLetWhoeverGetsAnAnswerUseTheLogAtOnce() throws Exception {
    openThree();
    get(N1).put("a", "1");
    Replica leader = get(get(N1).awaitLeader());
    ReplicatedLog log = leader.log();
    byte[] query = "a".getBytes(UTF_8);
    for (int round = 0; round < 5; round++) {
      CompletableFuture<byte[]> second =
          log.queryLinearizable(query).thenApply(first -> log.queryLinearizable(query).join());
      assertThat(second).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  void shouldTakeInTwoThatJoinAtOnce() throws Exception {
    Replica n1 = open(N1, true, List.of());
    n1.put("before", "joining");
    List<Replica> joining = List.of(begin(N2, false, List.of(N1)), begin(N3, false, List.of(N1)));
    for (Replica replica : joining) {
      replica.log();
      replica.awaitMembers(ALL);
      assertThat(replica.read("before")).isEqualTo("joining");
    }
    n1.put("after", "joining");
    assertThat(joining.get(1).read("after")).isEqualTo("joining");
  }

  @Test
  void shouldContinueWithItsDataAfterRestart() throws Exception {
    openThree();
    get(N1).put("before", "1");
    close(N2);
    get(N3).putEventually("while-away", "2");
    Replica n2 = reopen(N2);
    assertThat(n2.read("while-away")).isEqualTo("2");
    n2.awaitLocal("before", "1");
    assertThat(n2.log().status().members()).hasSize(3);

    closeTogether(ALL);
    reopenTogether(ALL);
    for (NodeId id : ALL) {
      assertThat(get(id).read("before")).isEqualTo("1");
      assertThat(get(id).read("while-away")).isEqualTo("2");
      get(id).awaitMembers(ALL);
    }
  }

  @Test
  void shouldComeBackAsANewReplicaWhenItsDataIsGone() throws Exception {
    openThree();
    get(N1).put("a", "1");
    close(N3);
    cluster().wipe(N3);
    Replica n3 = open(N3, false, List.of(N1, N2));
    n3.awaitLocal("a", "1");
    n3.awaitMembers(ALL);
    // the new replica counts for the majority
    close(N2);
    n3.putEventually("b", "2");
    get(N1).awaitLocal("b", "2");
  }

  @Test
  void shouldGoOnUnderAnotherLeaderWhenTheLeaderIsGone() throws Exception {
    openThree();
    get(N1).put("a", "1");
    NodeId former = get(N1).awaitLeader();
    close(former);
    long goneNs = System.nanoTime();
    for (Replica left : List.copyOf(running.values())) {
      left.putEventually("by-" + left.id, "2");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - goneNs)).isLessThan(Duration.ofSeconds(10));
    for (Replica left : running.values()) {
      assertThat(left.read("a")).isEqualTo("1");
      assertThat(left.awaitLeader()).isNotEqualTo(former);
    }
    List<NodeId> writers = List.copyOf(running.keySet());
    Replica back = reopen(former);
    for (NodeId writer : writers) {
      back.awaitLocal("by-" + writer, "2");
    }
  }

  @Test
  void shouldFailInTimeWithoutAMajority() throws Exception {
    openThree();
    get(N1).put("a", "1");
    closeTogether(List.of(N2, N3));
    long startNs = System.nanoTime();
    ReplicatedLog log = get(N1).log();
    CompletableFuture<byte[]> writing = log.submit("a=2".getBytes(UTF_8));
    CompletableFuture<byte[]> reading = log.queryLinearizable("a".getBytes(UTF_8));
    assertThat(Replica.succeeds(() -> Replica.get(writing))).isFalse();
    assertThat(Replica.succeeds(() -> Replica.get(reading))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(20));
    assertThat(get(N1).readLocal("a")).isNotNull();
    reopen(N3);
    get(N1).putEventually("a", "3");
    assertThat(get(N3).read("a")).isEqualTo("3");
  }

  @Test
  void shouldRestoreFromASnapshotAndTheLogAfterIt() throws Exception {
    Replica n1 = open(N1, true, List.of());
    String value = "v".repeat(90);
    for (int i = 0; i < commandsPerSnapshot(); i++) {
      n1.putEventually("k" + i, value);
    }
    int last = commandsPerSnapshot() - 1;
    Await.until("a snapshot", Replica.BOUND, () -> n1.machine.snapshotsWritten() > 0);
    n1.put("after", "snapshot");

    Replica joiner = open(N2, false, List.of(N1));
    joiner.awaitLocal("after", "snapshot");
    joiner.awaitLocal("k0", value);

    closeTogether(List.of(N1, N2));
    reopenTogether(List.of(N1, N2));
    assertThat(get(N1).machine.snapshotsRead()).isPositive();
    for (NodeId id : List.of(N1, N2)) {
      assertThat(get(id).read("k0")).isEqualTo(value);
      assertThat(get(id).read("k" + last)).isEqualTo(value);
      assertThat(get(id).read("after")).isEqualTo("snapshot");
    }
  }

  @Test
  void shouldRemoveADeadMember() throws Exception {
    openThree();
    close(N3);
    Await.until("n3 removed", Replica.BOUND, () -> Replica.succeeds(() -> get(N2).remove(N3)));
    get(N1).awaitMembers(List.of(N1, N2));
    get(N2).awaitMembers(List.of(N1, N2));
    get(N2).putEventually("a", "1");
    assertThat(get(N1).read("a")).isEqualTo("1");
  }

  private static void assertRefused(CompletableFuture<byte[]> answer, ErrorCode code) {
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
