package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.sim.Cluster;
import io.aerie.sim.Cluster.DiskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Disks have less room than RCD was told, so that entries that are on their way already find none.
 * Nothing breaks: what can't be written waits, what needs no new room goes on, and when a volume is
 * deleted the rest is written in its order.
 */
class FullDiskTest {
  private static final long DEVICE_BYTES = 64L << 20;
  private static final int BLOCKS = 20;

  @Test
  void shouldGoOnWhereThereIsRoomAndEverywhereWhenThereIsAgain() {
    Scenario scenario =
        Scenario.of(new Cluster.Shape(3, 1, DiskKind.ENGINE, 32L << 20, DEVICE_BYTES));
    Volume first = scenario.volume(3);
    Volume second = scenario.volume(3);
    Client client = first.client(scenario.node(1));
    Client other = second.client(scenario.node(2));
    client.write(0, 1).await();
    List<Operation> writes = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      writes.add(other.write(Volume.page(block), block + 1));
      writes.add(other.write(Volume.page(block) + 1, block + 1));
    }
    scenario.run(1_500);
    assertThat(writes.stream().filter(Operation::over).count())
        .as("answered of %d", writes.size())
        .isLessThan(writes.size());
    assertThat(client.read(0).await()).isEqualTo(1);
    assertThat(scenario.cluster().violations()).isEmpty();
    client.close().await();
    other.close().await();
    UUID id = scenario.cluster().volume(second.number).id();
    scenario.command(new RcdCommand.DeleteVolume(id, -1));
    scenario.run(2_000);
    Client again = first.client(scenario.node(3));
    for (int block = 0; block < 3; block++) {
      again.write(Volume.page(block), block + 7).await();
    }
    scenario.ends();
  }
}
