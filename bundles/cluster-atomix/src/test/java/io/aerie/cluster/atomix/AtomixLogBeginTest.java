package io.aerie.cluster.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogCluster;
import io.aerie.cluster.messages.Messages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A log of several files whose first is gone, with no snapshot of what was in it. */
class AtomixLogBeginTest extends LogCluster {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity, AtomixLogSnapshotTest.SMALL);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }

  @Test
  void shouldRefuseALogWithoutItsBeginning() throws Exception {
    open(N1, true, List.of());
    for (int i = 0; segments().size() < 3; i++) {
      get(N1).putEventually("k" + i % 10, "v".repeat(400));
    }
    close(N1);
    Files.delete(segments().get(0));
    // the state beside the log stands for what it has
    Files.delete(replica().resolve("snapshot"));
    AerieException refusal = catchThrowableOfType(AerieException.class, () -> reopen(N1));
    assertThat(refusal.code()).isEqualTo(ErrorCode.CORRUPT);
    assertThat(refusal.why()).contains("the log begins with entry");
  }

  private Path replica() {
    return cluster().data(N1).resolve("cluster/logs").resolve("contract");
  }

  /** In the order of their numbers, of which there is one digit. */
  private List<Path> segments() throws Exception {
    try (Stream<Path> all = Files.list(replica().resolve("raft"))) {
      return all.filter(file -> file.getFileName().toString().matches("log-\\d\\.log"))
          .sorted()
          .toList();
    }
  }
}
