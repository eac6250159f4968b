package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** After any history the indexes say what a new count of all records says, on every replica. */
class RcdIndexTest {
  @Test
  void shouldEqualANewCountAfterAnyHistory() throws IOException {
    int rebuilding = 0;
    for (int seed = 1; seed <= 8; seed++) {
      rebuilding += run(seed);
    }
    assertThat(rebuilding).as("nothing was resynchronised").isPositive();
    assertThat(removed).as("no disk was removed").isPositive();
    assertThat(clones).as("no snapshot was cloned").isPositive();
  }

  private long removed;
  private long clones;

  private int run(long seed) throws IOException {
    RcdState state = new RcdState();
    RcdState mirror = new RcdState();
    RandomHistory history = new RandomHistory(seed, state);
    int rebuilding = 0;
    for (int step = 1; step <= 1_000; step++) {
      RcdCommand command = history.next();
      mirror.mirror(step, state.apply(step, RcdCommands.encode(command)).changes());
      rebuilding += state.groups().values().stream().mapToInt(g -> g.rebuilding().size()).sum();
      if (step % 20 == 0) {
        assertCounted(seed + "/" + step, state);
      }
      if (step == 500) {
        state = again(step, state);
        history = new RandomHistory(seed + 100, state);
      }
    }
    assertCounted("mirror " + seed, mirror);
    assertCounted("copy " + seed, state.copy());
    clones += state.volumes().values().stream().filter(volume -> volume.origin() != 0).count();
    removed += state.disks().values().stream().filter(DiskRecord::removed).count();
    return rebuilding;
  }

  private static RcdState again(long index, RcdState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.writeSnapshot(new DataOutputStream(bytes));
    RcdState restored = new RcdState();
    restored.readSnapshot(
        index, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    return restored;
  }

  private static void assertCounted(String when, RcdState state) {
    RcdTables tables = state.tables();
    assertThat(tables.index()).as(when).usingRecursiveComparison().isEqualTo(RcdIndex.of(tables));
  }
}
