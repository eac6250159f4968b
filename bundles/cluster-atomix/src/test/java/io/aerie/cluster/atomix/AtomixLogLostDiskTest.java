package io.aerie.cluster.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogCluster;
import io.aerie.cluster.log.Replica;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.testing.Await;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.storage.journal.JournalSegment;
import io.atomix.storage.journal.SegmentedJournal;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A leader whose log can't be written any more makes room for another one. */
@Timeout(180)
class AtomixLogLostDiskTest extends LogCluster {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }

  @Test
  void shouldGoOnUnderAnotherLeader() throws Exception {
    openThree();
    NodeId leader = get(N1).awaitLeader();
    NodeId other = ALL.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    get(other).put("a", "1");
    loseDisk(get(leader).log());
    get(other).putEventually("b", "2");
    Await.until(
        "the replica without a disk stops",
        Replica.BOUND,
        () -> get(leader).log().status().role() == Role.CLOSED);
    assertThat(get(other).awaitLeader()).isNotEqualTo(leader);
    assertThat(get(other).read("a")).isEqualTo("1");
  }

  /** Closes the file beneath Atomix: each further write or sync fails. */
  private static void loseDisk(ReplicatedLog log) throws Exception {
    RaftContext raft = (RaftContext) value(log, "raft");
    SegmentedJournal<?> journal = (SegmentedJournal<?>) value(raft.getLog(), "journal");
    for (JournalSegment<?> segment : journal.segments()) {
      Object writer = value(value(segment, "writer"), "writer");
      ((FileChannel) value(writer, "channel")).close();
    }
  }

  private static Object value(Object object, String name) throws Exception {
    Field field = object.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(object);
  }
}
