package io.aerie.cluster.atomix.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.ClusterNode;
import io.aerie.cluster.log.RegisterMachine;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.testing.TestCluster;
import io.atomix.protocols.raft.impl.RaftContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader's wall clock is set back while a read waits for its round of heartbeats. */
class LeaderClockTest {
  private static final int LIMIT_S = 60;
  private static final long STEP_MS = Duration.ofMinutes(30).toMillis();
  private static final NodeId N1 = TestCluster.node(1);
  private static final NodeId N2 = TestCluster.node(2);

  @TempDir Path folder;

  @Test
  void shouldAnswerReadsAfterItsClockWasSetBack() throws Exception {
    TestCluster cluster = new TestCluster(folder, 2);
    ClusterNode first = new ClusterNode(cluster.identity(N1, List.of()));
    ClusterNode second = new ClusterNode(cluster.identity(N2, List.of(N1)));
    first.start().get(LIMIT_S, SECONDS);
    second.start().get(LIMIT_S, SECONDS);
    try (ReplicatedLog one = open(first, true);
        ReplicatedLog other = open(second, false)) {
      one.submit("a=1".getBytes(UTF_8)).get(LIMIT_S, SECONDS);
      assertThat(one.status().leader()).contains(N1);

      setClockBack((AtomixLog) one);

      assertThat(other.queryLinearizable("a".getBytes(UTF_8)).get(LIMIT_S, SECONDS))
          .isEqualTo("1".getBytes(UTF_8));
    }
    first.stop().get(LIMIT_S, SECONDS);
    second.stop().get(LIMIT_S, SECONDS);
  }

  private static ReplicatedLog open(ClusterNode node, boolean found) throws Exception {
    return node.logs()
        .open(
            new LogSpecification(
                "clock", new RegisterMachine(), found, found ? List.of() : List.of(N1)))
        .get(LIMIT_S, SECONDS);
  }

  /** What a step leaves: a round from before that is dated ahead, and a clock that was ahead. */
  private static void setClockBack(AtomixLog log) throws Exception {
    RaftContext raft = (RaftContext) value(log, "raft");
    CompletableFuture<Void> done = new CompletableFuture<>();
    raft.getThreadContext()
        .execute(
            () -> {
              try {
                rounds(raft).add(roundAt(System.currentTimeMillis() + STEP_MS));
                SetBackClock clock = (SetBackClock) value(value(log, "session"), "clock");
                Field ahead = field(clock, "aheadMostMillis");
                ahead.setLong(clock, ahead.getLong(clock) + STEP_MS);
                done.complete(null);
              } catch (ReflectiveOperationException e) {
                done.completeExceptionally(e);
              }
            });
    done.get(LIMIT_S, SECONDS);
  }

  @SuppressWarnings("unchecked")
  private static List<Object> rounds(RaftContext raft) throws ReflectiveOperationException {
    return (List<Object>) value(value(value(raft, "role"), "appender"), "heartbeatFutures");
  }

  private static Object roundAt(long millis) throws ReflectiveOperationException {
    Constructor<?> constructor =
        Class.forName("io.atomix.protocols.raft.roles.LeaderAppender$TimestampedFuture")
            .getDeclaredConstructor(long.class);
    constructor.setAccessible(true);
    return constructor.newInstance(millis);
  }

  private static Object value(Object owner, String name) throws ReflectiveOperationException {
    return field(owner, name).get(owner);
  }

  private static Field field(Object owner, String name) throws NoSuchFieldException {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
