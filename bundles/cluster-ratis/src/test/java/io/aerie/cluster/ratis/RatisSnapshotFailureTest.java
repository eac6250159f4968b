package io.aerie.cluster.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.cluster.log.LogCluster.RunningProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.log.StateMachine;
import io.aerie.cluster.testing.TestCluster;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that can't write snapshots goes on, and doesn't try after each command. */
class RatisSnapshotFailureTest {
  private static final int LIMIT_S = 60;

  @TempDir Path folder;

  /** Counts, and has no room for a snapshot. */
  private static final class FullDisk implements StateMachine {
    private final AtomicInteger tries = new AtomicInteger();
    private int commands;

    @Override
    public byte[] apply(long index, byte[] command) {
      commands++;
      return command;
    }

    @Override
    public byte[] query(byte[] query) {
      return Integer.toString(commands).getBytes(UTF_8);
    }

    @Override
    public void writeSnapshot(DataOutput out) throws IOException {
      tries.incrementAndGet();
      out.writeInt(commands);
      throw new IOException("No space left on device");
    }

    @Override
    public void readSnapshot(long index, DataInput in) {
      throw new AssertionError("there is no snapshot");
    }
  }

  @Test
  void shouldGoOnAndLeaveNothingBehind() throws Exception {
    TestCluster cluster = new TestCluster(folder, 1);
    FullDisk machine = new FullDisk();
    int commands = RatisLogs.SNAPSHOT_EVERY_COMMANDS + StateMachineAdapter.COMMANDS_BETWEEN_TRIES;
    try (RunningProvider provider =
            RatisLogs.start(
                cluster.identity(TestCluster.node(1), List.of()),
                cluster.network().of(TestCluster.node(1)));
        ReplicatedLog log =
            provider
                .logs()
                .open(new LogSpecification("full", machine, true, List.of()))
                .get(LIMIT_S, SECONDS)) {
      for (int i = 0; i < commands + 10; i++) {
        log.submit("more".getBytes(UTF_8)).get(LIMIT_S, SECONDS);
      }
      assertThat(machine.tries).hasValueBetween(1, 2);
      assertThat(new String(log.queryLocal("count".getBytes(UTF_8)), UTF_8))
          .isEqualTo(Integer.toString(commands + 10));
    }
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(file -> file.getFileName().toString().startsWith("snapshot.")))
          .isEmpty();
    }
  }
}
