package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.log.Replica;
import io.aerie.cluster.log.ReplicatedLogContract;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.junit.jupiter.api.Test;

/** The contract on Ratis, and what this provider guards beyond it. */
class RatisLogTest extends ReplicatedLogContract {
  private static final NodeId SPARE = N4;
  private static final NodeId ABSENT = N5;

  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages);
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }

  /** Founding once more under the same group would be a second log that answers for the first. */
  @Test
  void shouldNotFoundAgainWhenTheFounderLosesItsData() throws Exception {
    openThree();
    get(N2).put("a", "1");
    String former = incarnation(N1);
    close(N1);
    cluster().wipe(N1);
    Replica n1 = reopen(N1);
    n1.awaitLocal("a", "1");
    n1.awaitMembers(ALL);
    assertThat(incarnation(N1)).isNotEqualTo(former);
  }

  @Test
  void shouldGiveACompactedLogToAJoinerAsSnapshot() throws Exception {
    Replica n1 = open(N1, true, List.of());
    for (int i = 0; i < 2 * RatisLogs.SNAPSHOT_EVERY_COMMANDS; i++) {
      n1.putEventually("k" + i % 10, "v".repeat(90) + i);
    }
    Await.until("purged segments", Replica.BOUND, () -> !firstSegmentExists(N1));
    // what a joiner still needs after it has installed the snapshot
    RatisLog log = (RatisLog) n1.log();
    assertThat(log.lastIndex() - log.division().getRaftLog().getStartIndex())
        .isGreaterThanOrEqualTo(RatisLogs.SNAPSHOT_EVERY_COMMANDS);
    Replica n2 = open(N2, false, List.of(N1));
    n2.awaitLocal("k9", "v".repeat(90) + (2 * RatisLogs.SNAPSHOT_EVERY_COMMANDS - 1));
    assertThat(n2.machine().snapshotsRead()).isPositive();
  }

  /** What a leader sends again and again meets a member whose log is just starting. */
  @Test
  void shouldBringBackAMemberAgainAndAgainWhileOthersWrite() throws Exception {
    openThree();
    NodeId leader = get(N1).awaitLeader();
    NodeId follower = ALL.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    AtomicBoolean ended = new AtomicBoolean();
    CompletableFuture<Integer> writer =
        CompletableFuture.supplyAsync(() -> writeUntil(ended, get(leader)));
    for (int i = 0; i < 4; i++) {
      close(follower);
      reopen(follower);
    }
    ended.set(true);
    get(follower).awaitLocal("last", String.valueOf(writer.get()));
  }

  private static int writeUntil(AtomicBoolean ended, Replica replica) {
    int last = 0;
    try {
      while (!ended.get()) {
        replica.put("last", String.valueOf(++last));
      }
    } catch (Exception e) {
      throw new CompletionException(e);
    }
    return last;
  }

  /**
   * The joiner holds every entry when the leader gives up a change that took in an absent node too.
   * The next change finds nothing left to send, and a log without traffic stays that way.
   */
  @Test
  void shouldTakeInAJoinerThatHasAllEntriesAlready() throws Exception {
    openThree();
    RatisLog leader = (RatisLog) get(get(N1).awaitLeader()).log();
    List<RaftPeer> current = List.copyOf(leader.division().getRaftConf().getCurrentPeers());
    List<RaftPeer> next = new ArrayList<>(current);
    next.add(peer(SPARE, new LogFolders(logFolder(SPARE).resolve("ratis")).incarnation()));
    next.add(peer(ABSENT, UUID.randomUUID()));
    CompletableFuture<RaftClientReply> both =
        leader
            .node()
            .server()
            .setConfigurationAsync(MembershipChanges.request(leader, current, next));
    Replica joiner = begin(SPARE, false, List.of(N1));
    assertThatThrownBy(() -> both.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ReconfigurationTimeoutException.class);
    joiner.awaitMembers(List.of(N1, N2, N3, SPARE));
    get(N2).put("a", "1");
    joiner.awaitLocal("a", "1");
  }

  private RaftPeer peer(NodeId id, UUID incarnation) {
    ClusterIdentity identity = cluster().identity(id, List.of());
    return RaftPeer.newBuilder()
        .setId(new PeerName(id, incarnation).id())
        .setAddress(identity.self().endpoint(Service.LOG).toString())
        .build();
  }

  @Test
  void shouldRefuseToStartOnDamagedData() throws Exception {
    Replica n1 = open(N1, true, List.of());
    n1.put("a", "1");
    close(N1);
    try (Stream<Path> files = Files.walk(logFolder(N1))) {
      Path metadata = files.filter(file -> file.endsWith("raft-meta")).findFirst().orElseThrow();
      // what a full disk leaves behind
      Files.write(metadata, new byte[0]);
    }
    assertThatThrownBy(() -> reopen(N1))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }

  @Test
  void shouldNotOpenALogTwice() throws Exception {
    Replica n1 = open(N1, true, List.of());
    assertThatThrownBy(() -> n1.openAgain())
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
  }

  private Path logFolder(NodeId id) {
    return cluster().identity(id, List.of()).dataDirectory("log");
  }

  private boolean firstSegmentExists(NodeId id) throws IOException {
    try (Stream<Path> groups = Files.list(logFolder(id).resolve("ratis/contract"))) {
      Path current = groups.filter(Files::isDirectory).findFirst().orElseThrow().resolve("current");
      // Names only: files vanish while the log is purged.
      return Stream.of(Objects.requireNonNull(current.toFile().list()))
          .anyMatch(name -> name.startsWith("log_0-"));
    }
  }

  private String incarnation(NodeId id) throws IOException {
    try (Stream<String> lines = Files.lines(logFolder(id).resolve("ratis/replica.properties"))) {
      return lines.filter(line -> line.startsWith("incarnation=")).findFirst().orElseThrow();
    }
  }
}
