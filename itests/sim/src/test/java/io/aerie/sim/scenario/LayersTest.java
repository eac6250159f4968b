package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.disk.DiskAnatomy;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.store.Geometry;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rule 8: what is read and written through layers, and what becomes of layers. */
class LayersTest {
  private static final long UNIT = Geometry.PAGES_PER_UNIT;

  @Test
  void shouldCopyAUnitUpBeforePartOfItIsWritten() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(0, 1, 64).await();
          UUID snapshot = layers.take("s");
          client.write(3, 2).await();
          client.writeBytes(20 * Geometry.PAGE_BYTES + 512, 8, 3).await();
          client.zero(33, 1).await();
          client.zero(3 * UNIT, (int) UNIT).await();
          assertThat(client.read(0).await()).isEqualTo(1);
          assertThat(client.read(3).await()).isEqualTo(2);
          assertThat(client.read(15).await()).isEqualTo(1);
          assertThat(client.read(20).await()).as("a page of two values").isEqualTo(Long.MIN_VALUE);
          assertThat(client.read(21).await()).isEqualTo(1);
          assertThat(client.read(32).await()).isEqualTo(1);
          assertThat(client.read(33).await()).isZero();
          assertThat(client.read(3 * UNIT).await()).isZero();
          Client clone = layers.clone(snapshot, "c").client(volume.owner());
          for (long page = 0; page < 64; page++) {
            assertThat(clone.read(page).await()).isEqualTo(1);
          }
        });
  }

  @Test
  void shouldFoldALayerIntoTheOneAboveAlsoOnAMemberThatWasAway() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(0, 1, 128).await();
          UUID a = layers.take("a");
          client.write(0, 2).await();
          client.zero(2 * UNIT, (int) UNIT).await();
          client.write(Volume.page(1), 5).await();
          UUID b = layers.take("b");
          client.write(UNIT, 3).await();
          scenario.crash(third);
          scenario.untilExpired(third);
          layers.delete(b);
          boolean copies = !scenario.cluster().volume(volume.number).redundancy().striped();
          if (copies) {
            // They wait for the third: it may be all that is left some time.
            scenario.run(3_000);
            assertThat(scenario.cluster().volume(volume.number).layers()).hasSize(3);
            layers.delete(a);
            scenario.restart(third);
          } else {
            layers.untilLeft(2);
            layers.delete(a);
            layers.untilLeft(1);
            scenario.restart(third);
          }
          layers.untilLeft(1);
          scenario.untilWhole();
          scenario.run(500);
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          Client after = volume.client(third);
          assertThat(after.read(0).await()).isEqualTo(2);
          assertThat(after.read(1).await()).isEqualTo(1);
          assertThat(after.read(UNIT).await()).isEqualTo(3);
          assertThat(after.read(UNIT + 1).await()).isEqualTo(1);
          assertThat(after.read(2 * UNIT).await()).isZero();
          assertThat(after.read(3 * UNIT).await()).isEqualTo(1);
          assertThat(after.read(Volume.page(1)).await()).isEqualTo(5);
          long layer = scenario.cluster().volume(volume.number).live().number();
          String digest = scenario.cluster().digest(third.disks.get(0), volume.stream(0));
          assertThat(digest).contains("layer=" + layer + ",");
          assertThat(digest.replace("layer=" + layer + ",", "")).doesNotContain("layer=");
        });
  }

  @Test
  void shouldGoOnFoldingUnderTheNextOwner() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode other = scenario.cluster().others(owner).get(0);
          Client client = volume.client(other);
          for (int block = 0; block < 8; block++) {
            client.write(Volume.page(block), block + 1).await();
          }
          UUID a = layers.take("a");
          client.write(Volume.page(3), 33).await();
          scenario.log().holdCommands(RcdCommand.LayerDone.class::isInstance);
          layers.delete(a);
          scenario.run(20);
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          scenario.release();
          scenario.restart(owner);
          layers.untilLeft(1);
          for (int block = 0; block < 8; block++) {
            long value = block == 3 ? 33 : block + 1;
            assertThat(client.read(Volume.page(block)).await()).isEqualTo(value);
            assertThat(client.read(Volume.page(block) + 1).await()).isZero();
          }
        });
  }

  @Test
  void shouldGoBackToASnapshotAndForwardToAnother() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(0, 1, 16).await();
          UUID a = layers.take("a");
          client.write(1, 2).await();
          UUID b = layers.take("b");
          client.write(2, 3).await();
          client.close().await();
          layers.revert(a);
          client = volume.client(volume.owner());
          assertThat(client.read(1).await()).isEqualTo(1);
          assertThat(client.read(2).await()).isEqualTo(1);
          client.write(3, 4).await();
          layers.untilLeft(3);
          client.close().await();
          layers.revert(b);
          client = volume.client(volume.owner());
          assertThat(client.read(1).await()).isEqualTo(2);
          assertThat(client.read(2).await()).isEqualTo(1);
          assertThat(client.read(3).await()).isEqualTo(1);
          layers.untilLeft(3);
          layers.delete(a);
          layers.untilLeft(2);
          assertThat(client.read(0).await()).isEqualTo(1);
          assertThat(client.read(1).await()).isEqualTo(2);
        });
  }

  @Test
  void shouldReadAClonesOriginFromWhoeverOwnsIt() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(0, 1, 64).await();
          UUID snapshot = layers.take("s");
          client.write(0, 2).await();
          Volume clone = layers.clone(snapshot, "c");
          Client ofClone = clone.client(clone.owner());
          assertThat(ofClone.read(0).await()).isEqualTo(1);
          ofClone.write(1, 7).await();
          Layers cloned = new Layers(scenario, clone);
          UUID second = cloned.take("t");
          ofClone.write(2, 8).await();
          Volume clonesClone = cloned.clone(second, "d");
          SimulatedNode owner = volume.owner();
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          SimulatedNode other = scenario.cluster().others(owner).get(0);
          scenario.run(3_000);
          Client last = clonesClone.client(other);
          assertThat(last.read(0).await()).isEqualTo(1);
          assertThat(last.read(1).await()).isEqualTo(7);
          assertThat(last.read(2).await()).isEqualTo(1);
          last.write(2, 9).await();
          assertThat(last.read(3).await()).isEqualTo(1);
          assertThat(clone.client(other).read(2).await()).isEqualTo(8);
        });
  }

  /** H13: what nobody can read is not written anew as if it were right. */
  @Test
  void shouldNotCopyUpWhatIsRotten() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    Layers layers = new Layers(scenario, volume);
    SimulatedNode owner = volume.owner();
    Client client = volume.client(owner);
    client.write(0, 1, 16).await();
    UUID snapshot = layers.take("s");
    scenario.run(15_000);
    rotAll(scenario, owner);
    client.write(3, 2).await();
    assertThat(client.read(0).await()).isEqualTo(1);
    Volume clone = layers.clone(snapshot, "c");
    // What the write found was repaired, and is in its slots again.
    scenario.run(15_000);
    scenario.cluster().nodes().forEach(node -> rotAll(scenario, node));
    Client ofClone = clone.client(owner);
    assertThat(ofClone.write(3, 2).awaitEnd().done()).isFalse();
    assertThat(ofClone.read(0).awaitEnd().done()).isFalse();
  }

  private static void rotAll(Scenario scenario, SimulatedNode node) {
    for (DiskAnatomy.Part page : scenario.disk(node).anatomy().slotPages()) {
      scenario.disk(node).rot(List.of(page));
    }
  }

  @Test
  void shouldReadZeroesWhereAVolumeWasCutAndGrewAgain() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(5, 1, 32).await();
          client.write(Volume.page(3), 4).await();
          UUID snapshot = layers.take("s");
          client.write(9, 2).await();
          client.write(Volume.page(4), 5).await();
          client.close().await();
          layers.resize(10 * Geometry.PAGE_BYTES);
          layers.untilEmptied();
          layers.resize(1L << 30);
          client = volume.client(volume.owner());
          assertThat(client.read(5).await()).isEqualTo(1);
          assertThat(client.read(9).await()).isEqualTo(2);
          for (long page : new long[] {10, 15, 20, 36, Volume.page(3), Volume.page(4)}) {
            assertThat(client.read(page).await()).as("page %d", page).isZero();
          }
          client.write(30, 6).await();
          assertThat(client.read(31).await()).isZero();
          client.close().await();
          layers.revert(snapshot);
          client = volume.client(volume.owner());
          assertThat(client.read(20).await()).isEqualTo(1);
          assertThat(client.read(Volume.page(3)).await()).isEqualTo(4);
          assertThat(client.read(Volume.page(4)).await()).isZero();
        });
  }
}
