package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;
import io.aerie.sim.SimulatedNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which units of volumes and snapshots have data, and which differ between two snapshots. */
class ExtentsTest {
  private static final int UNIT = Geometry.PAGES_PER_UNIT;
  private static final long UNITS_OF_A_STRIPE = 2 * 63;

  @Test
  void shouldTellWhatHasDataAndWhatReadsAsZero() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Client client = volume.client(volume.owner());
          assertThat(client.units(0, 4).await()).as("nothing was written").isEqualTo("0000");
          client.write(UNIT + 3, 1).await();
          client.write(2 * UNIT, 2, UNIT).await();
          assertThat(client.units(0, 4).await()).isEqualTo("0DD0");
          client.zero(2 * UNIT, 2 * UNIT).await();
          assertThat(client.units(0, 4).await()).startsWith("0D").endsWith("0");
          long last = 1L << 30 >> 16;
          client.write((last - 1) * UNIT, 3).await();
          assertThat(client.units(last - 3, 3).await()).isEqualTo("00D");
          String all = client.units(0, (int) last).await();
          assertThat(all).hasSize((int) last).startsWith("0D").endsWith("00D");
          assertThat(client.units(last - 1, 2).awaitFailure())
              .isInstanceOf(AerieException.class)
              .extracting(e -> ((AerieException) e).code())
              .isEqualTo(ErrorCode.INVALID_VALUE);
        });
  }

  @Test
  void shouldSeeThroughLayersAndIntoOrigins() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          Client client = volume.client(scenario.cluster().others(owner).get(0));
          client.write(0, 1, 2 * UNIT).await();
          client.write(4 * UNIT, 1, 2 * UNIT).await();
          UUID snapshot = layers.take("s");
          client.write(3 * UNIT, 2).await();
          client.zero(4 * UNIT, 2 * UNIT).await();
          assertThat(client.units(0, 8).await()).startsWith("DD").endsWith("0000").contains("D00");
          Client clone = layers.clone(snapshot, "c").client(owner);
          assertThat(clone.units(0, 8).await()).isEqualTo("DD00DD00");
          clone.zero(0, 2 * UNIT).await();
          clone.write(6 * UNIT, 3, 2 * UNIT).await();
          assertThat(clone.units(0, 10).await()).isEqualTo("0000DDDD00");
          assertThat(layers.units(owner, snapshot, null, 0).await()).startsWith("DD00DD00");
        });
  }

  @Test
  void shouldTellWhatChangedBetweenTwoSnapshots() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode other = scenario.cluster().others(owner).get(0);
          Client client = volume.client(owner);
          client.write(0, 1, 6 * UNIT).await();
          UUID a = layers.take("a");
          client.write(2 * UNIT, 2, 2 * UNIT).await();
          UUID between = layers.take("between");
          client.zero(4 * UNIT, 2 * UNIT).await();
          client.write(8 * UNIT, 3, 2 * UNIT).await();
          UUID b = layers.take("b");
          String expected = "==DD00==DD==";
          assertThat(layers.units(other, b, a, 0).await()).startsWith(expected);
          assertThat(layers.units(other, a, b, 0).await()).as("back").startsWith("==DDDD==00==");
          assertThat(layers.units(other, b, b, 0).await()).matches("=+");
          assertThat(layers.units(other, b, a, 1).await()).matches("=+");
          layers.delete(between);
          layers.untilLeft(3);
          assertThat(layers.units(other, b, a, 0).await()).as("folded").startsWith(expected);
          client.close().await();
          layers.revert(a);
          client = volume.client(volume.owner());
          client.write(10 * UNIT, 4, 2 * UNIT).await();
          UUID c = layers.take("c");
          assertThat(layers.units(other, c, b, 0).await())
              .as("of two branches")
              .startsWith("==DDDD==00DD==");
          Units unknown = new Units(scenario, "content of no snapshot");
          other
              .engine()
              .orElseThrow()
              .extents(new ExtentsRequest(0, volume.number, 999, 0, 0, 1), unknown::end);
          assertThat(unknown.awaitFailure())
              .extracting(e -> ((AerieException) e).code())
              .isEqualTo(ErrorCode.NOT_FOUND);
        });
  }

  @Test
  void shouldTellThatWhatWasCutOffChanged() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(0, 1, 8 * UNIT).await();
          client.write(200 * UNIT, 1, UNIT).await();
          UUID a = layers.take("a");
          client.close().await();
          layers.resize((2 * UNIT + 4) * (long) Geometry.PAGE_BYTES);
          layers.untilEmptied();
          layers.resize(1L << 30);
          client = volume.client(volume.owner());
          assertThat(client.units(200, 1).await()).as("removed whole").isEqualTo("0");
          UUID b = layers.take("b");
          String found = layers.units(volume.owner(), b, a, 0).await();
          assertThat(found).startsWith("==").contains("0000====");
          assertThat(found.charAt(2)).as("a unit that is seen in part").isEqualTo('D');
        });
  }

  @Test
  void shouldNotTakeForZeroWhatAMemberThatIsAwayHas() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(Redundancy.erasure(2, 1));
          SimulatedNode owner = volume.owner();
          int stripe = stripeWhoseSecondFragmentIsOn(scenario, volume, owner);
          long first = stripe * UNITS_OF_A_STRIPE;
          Client client = volume.client(owner);
          client.write(first * UNIT, 1).await();
          assertThat(client.units(first, 4).await()).isEqualTo("D000");
          SimulatedNode data = member(scenario, volume, stripe, 0);
          SimulatedNode parity = member(scenario, volume, stripe, 2);
          scenario.crash(data);
          scenario.untilExpired(data);
          scenario.drop(messages(Message.UnitsAnswer.class).from(parity));
          Units asked = client.units(first, 4);
          scenario.run(3_000);
          assertThat(asked.over()).as("nobody who answers knows it").isFalse();
          scenario.release();
          assertThat(asked.await()).as("by its row of units").isEqualTo("D000");
          scenario.restart(data);
          scenario.untilWhole();
        });
  }

  private static int stripeWhoseSecondFragmentIsOn(
      Scenario scenario, Volume volume, SimulatedNode node) {
    for (int stripe = 0; stripe < 8; stripe++) {
      if (member(scenario, volume, stripe, 1) == node) {
        return stripe;
      }
    }
    throw new AssertionError("no stripe has its second fragment on " + node);
  }

  private static SimulatedNode member(Scenario scenario, Volume volume, int stripe, int fragment) {
    GroupRecord group = scenario.cluster().groupOf(volume.number, stripe);
    return scenario
        .cluster()
        .nodeOf(group.members().get((fragment + stripe) % group.members().size()));
  }
}
