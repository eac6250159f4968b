package io.aerie.cluster.atomix;

import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.log.LogSettings;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogCluster;
import io.aerie.cluster.messages.Messages;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Followers learn of a commit before the next heartbeat, which is a second away here: all of these
 * commands would take minutes.
 */
@Timeout(120)
class AtomixLogCommitTest extends LogCluster {
  private static final int COMMANDS = 300;
  private static final LogSettings SLOW =
      new LogSettings(
          Duration.ofMillis(1500),
          Duration.ofSeconds(1),
          AtomixLogs.COMMANDS_PER_SNAPSHOT,
          LogSettings.USUAL.segmentBytes());

  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity, SLOW);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
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
}
