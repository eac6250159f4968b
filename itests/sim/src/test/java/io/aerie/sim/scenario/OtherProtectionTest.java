package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.StripedLayersTest.whoeverIsAway;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rule 8: a clone may have another protection than its origin, whose places are others then. */
class OtherProtectionTest {
  private static final Redundancy COPIES = Redundancy.copies(3);
  private static final Redundancy CODE = Redundancy.erasure(2, 1);

  /** Pages from within one block to within the next; the first stripe ends behind it. */
  private static final int FIRST = Geometry.PAGES_PER_BLOCK - 40;

  /** The first page of the second stripe. */
  private static final int STRIPE = (int) (CODE.spanBytes() / Geometry.PAGE_BYTES);

  private static void reads(Client client, long value, long... pages) {
    for (long page : pages) {
      assertThat(client.read(page).await()).as("page %d", page).isEqualTo(value);
    }
  }

  private static void everyWay(Redundancy from, Redundancy to) {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(from);
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(FIRST, 1, 80).await();
          client.write(STRIPE - 20, 2, 40).await();
          UUID snapshot = layers.take("s");
          client.write(FIRST, 9, 80).await();
          client.close().await();
          Volume clone = layers.clone(snapshot, "c", to);
          Client ofClone = clone.client(clone.owner());
          ofClone.write(FIRST + 45, 3).await();
          ofClone.zero(STRIPE - 2, 4).await();
          reads(ofClone, 1, FIRST, FIRST + 39, FIRST + 40, FIRST + 44, FIRST + 46, FIRST + 79);
          assertThat(ofClone.read(FIRST, 45).await()).as("over two places").isEqualTo(1);
          ofClone.close().await();
          whoeverIsAway(
              scenario,
              clone,
              of -> {
                reads(of, 1, FIRST, FIRST + 39, FIRST + 40, FIRST + 44, FIRST + 46, FIRST + 79);
                reads(of, 3, FIRST + 45);
                reads(of, 2, STRIPE - 20, STRIPE - 3, STRIPE + 2, STRIPE + 19);
                reads(of, 0, FIRST - 1, FIRST + 80, STRIPE - 2, STRIPE + 1, STRIPE + 20);
              });
        });
  }

  @Test
  void shouldReadCopiesThroughACode() {
    everyWay(COPIES, CODE);
  }

  @Test
  void shouldReadACodeThroughCopies() {
    everyWay(CODE, COPIES);
  }

  @Test
  void shouldSayWhichUnitsOfAnotherProtectionHaveData() {
    for (Redundancy from : new Redundancy[] {COPIES, CODE}) {
      Redundancy to = from.equals(CODE) ? COPIES : CODE;
      Scenario.onBothDisks(
          3,
          scenario -> {
            Volume volume = scenario.volume(from);
            Layers layers = new Layers(scenario, volume);
            Client client = volume.client(volume.owner());
            client.write(STRIPE, 1).await();
            UUID snapshot = layers.take("s");
            client.close().await();
            Volume clone = layers.clone(snapshot, "c", to);
            Client ofClone = clone.client(clone.owner());
            int unit = STRIPE / Geometry.PAGES_PER_UNIT;
            assertThat(ofClone.units(unit - 1, 3).await()).isEqualTo("0D0");
          });
    }
  }
}
