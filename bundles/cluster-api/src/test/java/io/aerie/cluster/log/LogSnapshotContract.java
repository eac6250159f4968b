package io.aerie.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.testing.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A log's folder stays small however many commands it took, and what was dropped is in the state.
 */
public abstract class LogSnapshotContract extends LogCluster {
  private static final int SNAPSHOTS = 8;

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
    agree("joined");
    closeTogether(List.of(N1, N2));
    reopenTogether(List.of(N1, N2));
    for (NodeId id : List.of(N1, N2)) {
      assertThat(get(id).machine().snapshotsRead()).isPositive();
      assertThat(get(id).read("k9")).isEqualTo(value + (SNAPSHOTS * commandsPerSnapshot() - 1));
    }
    agree("restarted");
  }

  private void agree(String label) throws Exception {
    String register = "digest-" + label;
    get(N1).putEventually(register, "");
    Await.until(
        "equal state: " + label,
        Replica.BOUND,
        () -> {
          String digest = get(N1).readLocal(register);
          return !digest.isEmpty() && get(N2).readLocal(register).equals(digest);
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
