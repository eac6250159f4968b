package io.aerie.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * A log's folder stays small however many commands it took, and what was dropped is in the state.
 */
public abstract class LogSnapshotContract extends LogCluster {
  private static final int SNAPSHOTS = 8;
  private static final int REGISTERS = 10;
  private static final String VALUE = "v".repeat(200);

  /** Users leave the processors to others. */
  private static final long PAUSE_NS = 4_000_000;

  /** More than what closing a file cuts off its end. */
  private static final long CUT_BYTES = 16 << 10;

  private static final long CUT_BOUND_NS = Duration.ofMinutes(3).toNanos();

  /** What a node's folder may come to, as the provider is started here. */
  protected abstract long folderBytesMax();

  @Test
  void shouldStayBoundedAndRestoreEqualStateEverywhere() throws Exception {
    Replica n1 = open(N1, true, List.of());
    String value = "v".repeat(90);
    long written = 0;
    for (int i = 0; i < SNAPSHOTS * commandsPerSnapshot(); i++) {
      n1.putEventually("k" + i % 10, value + i);
      written += value.length();
    }
    assertThat(written).as("bytes in commands").isGreaterThan(folderBytesMax());
    Await.until("a bounded folder", Replica.BOUND, () -> bytes(N1) < folderBytesMax());

    Replica n2 = open(N2, false, List.of(N1));
    assertThat(n2.machine().snapshotsRead()).as("snapshots given to a joiner").isPositive();
    agree("joined", List.of(N1, N2));
    closeTogether(List.of(N1, N2));
    reopenTogether(List.of(N1, N2));
    for (NodeId id : List.of(N1, N2)) {
      assertThat(get(id).machine().snapshotsRead()).isPositive();
      assertThat(get(id).read("k9")).isEqualTo(value + (SNAPSHOTS * commandsPerSnapshot() - 1));
    }
    agree("restarted", List.of(N1, N2));
  }

  /** Users write on until it has been cut twice under their hands, while a member is away. */
  @Test
  void shouldBeCutWhileUsersWriteAndBringUpWhoWasAway() throws Exception {
    openThree();
    get(N1).putEventually("before", "away");
    get(N3).awaitLocal("before", "away");
    close(N3);
    int commands = writeUntilCut(2);
    String last = VALUE + (commands - 1);
    Replica n3 = reopen(N3);
    assertThat(n3.machine().snapshotsRead()).as("snapshots given to it").isPositive();
    n3.awaitLocal("k" + (commands - 1) % REGISTERS, last);
    agree("returned", ALL);
    closeTogether(ALL);
    reopenTogether(ALL);
    for (NodeId id : ALL) {
      assertThat(get(id).read("k" + (commands - 1) % REGISTERS)).isEqualTo(last);
      assertThat(get(id).read("before")).isEqualTo("away");
    }
    agree("restarted", ALL);
  }

  /** Answers how many commands that took. */
  private int writeUntilCut(int times) throws Exception {
    long beganNs = System.nanoTime();
    long peakBytes = 0;
    int cuts = 0;
    int commands = 0;
    while (cuts < times) {
      assertThat(System.nanoTime() - beganNs).as("ns until cut").isLessThan(CUT_BOUND_NS);
      get(N1).putEventually("k" + commands % REGISTERS, VALUE + commands);
      commands++;
      LockSupport.parkNanos(PAUSE_NS);
      long bytes = get(N1).log().status().logBytes();
      assertThat(bytes).isPositive();
      peakBytes = Math.max(peakBytes, bytes);
      if (bytes < peakBytes - CUT_BYTES) {
        cuts++;
        peakBytes = bytes;
      }
    }
    return commands;
  }

  private void agree(String label, List<NodeId> replicas) throws Exception {
    String register = "digest-" + label;
    get(N1).putEventually(register, "");
    Await.until(
        "equal state: " + label,
        Replica.BOUND,
        () -> {
          String digest = get(N1).readLocal(register);
          for (NodeId id : replicas) {
            if (digest.isEmpty() || !get(id).readLocal(register).equals(digest)) {
              return false;
            }
          }
          return true;
        });
  }

  /** Names first: files vanish while the log is purged. */
  private long bytes(NodeId id) {
    return bytes(cluster().data(id));
  }

  private static long bytes(Path path) {
    String[] names = path.toFile().list();
    if (names == null) {
      return path.toFile().length();
    }
    long sum = 0;
    for (String name : names) {
      sum += bytes(path.resolve(name));
    }
    return sum;
  }
}
