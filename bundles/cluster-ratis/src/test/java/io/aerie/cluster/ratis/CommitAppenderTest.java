package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogCluster;
import io.aerie.cluster.log.Replica;
import io.aerie.cluster.messages.Messages;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Followers learn of a commit though no heartbeat tells them: it comes after minutes here, beyond
 * all bounds of these tests.
 */
class CommitAppenderTest extends LogCluster {
  private static final int COMMANDS = 300;

  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages, Duration.ofMinutes(10).toMillis());
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }

  /** Each command is the last until all have applied it, so nothing else brings the news. */
  @Test
  void shouldTellFollowersOfEachCommit() throws Exception {
    openThree();
    NodeId leader = get(N1).awaitLeader();
    for (int i = 1; i <= COMMANDS; i++) {
      String value = String.valueOf(i);
      get(leader).put("last", value);
      for (NodeId member : ALL) {
        get(member).awaitLocal("last", value);
      }
    }
  }

  /** A linearizable read ends when this replica has applied its own entry. */
  @Test
  void shouldReadFromFollowersOfAQuietLog() throws Exception {
    openThree();
    NodeId leader = get(N1).awaitLeader();
    for (NodeId member : ALL) {
      Replica reader = get(member);
      String value = "before-" + member;
      get(leader).put("last", value);
      assertThat(reader.read("last")).isEqualTo(value);
    }
  }
}
