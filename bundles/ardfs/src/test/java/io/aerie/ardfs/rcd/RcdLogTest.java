package io.aerie.ardfs.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is asked of the log while its provider is swapped is answered by the next one. */
class RcdLogTest {
  private static final byte[] COMMAND = {7};

  private final RcdLog log = new RcdLog();

  @Test
  void shouldAskTheNextLogWhatWasAskedMeanwhile() {
    log.attach(new Echo(1));
    assertThat(log.submit(COMMAND).join()).containsExactly(1);
    log.detach();
    assertThat(log.status().role()).isEqualTo(ReplicatedLog.Role.CLOSED);
    CompletableFuture<byte[]> late = log.submit(COMMAND);
    CompletableFuture<byte[]> query = log.queryLinearizable(COMMAND);
    assertThat(late).isNotDone();
    log.attach(new Echo(2));
    assertThat(late.join()).containsExactly(2);
    assertThat(query.join()).containsExactly(2);
    assertThat(log.submit(COMMAND).join()).containsExactly(2);
  }

  @Test
  void shouldHaveFailedOnlyWhenTheLogEndedByItself() {
    assertThat(log.failed()).isFalse();
    log.attach(new Echo(1));
    assertThat(log.failed()).isFalse();
    log.detach();
    assertThat(log.failed()).as("taken away for an update").isFalse();
    log.attach(new Echo(2, ReplicatedLog.Role.CLOSED));
    assertThat(log.failed()).isTrue();
  }

  /** A log that answers with its number. */
  private record Echo(int number, Role role) implements ReplicatedLog {
    Echo(int number) {
      this(number, Role.LEADER);
    }

    @Override
    public CompletableFuture<byte[]> submit(byte[] command) {
      return CompletableFuture.completedFuture(new byte[] {(byte) number});
    }

    @Override
    public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
      return submit(query);
    }

    @Override
    public byte[] queryLocal(byte[] query) {
      return submit(query).join();
    }

    @Override
    public CompletableFuture<StateFile> exportState() {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public LogStatus status() {
      return new LogStatus("ratis", role, Optional.empty(), 1, 1, 1, 0, List.of());
    }

    @Override
    public CompletableFuture<Void> removeMember(NodeId member) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}
