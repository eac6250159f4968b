package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.entries;
import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand.AssignDuty;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.StripeComparison;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Rule 8 with erasure codes: each layer's rows of units are codes of their own, so that whichever
 * member is away, all that is seen through layers can be brought back.
 */
class StripedLayersTest {
  private static final long STRIPE = 2 * 63 * Geometry.PAGES_PER_UNIT;

  /** Of both fragments. */
  private static final long ROW_OF_UNITS = 2 * Geometry.PAGES_PER_UNIT;

  private static final int SUM_PAGE = 1008;

  private static void everywhere(BiConsumer<Scenario, Volume> story) {
    Scenario.onBothDisks(
        3, scenario -> story.accept(scenario, scenario.volume(Redundancy.erasure(2, 1))));
  }

  /** Looks with each node away, so that each fragment was missing once. */
  static void whoeverIsAway(Scenario scenario, Volume volume, Consumer<Client> look) {
    for (SimulatedNode node : scenario.cluster().nodes()) {
      scenario.crash(node);
      scenario.untilExpired(node);
      SimulatedNode owner = volume.untilOwnedByAnother(node);
      Client client = volume.client(owner);
      look.accept(client);
      client.close().await();
      scenario.restart(node);
      scenario.untilWhole();
    }
  }

  private static void reads(Client client, long value, long... pages) {
    for (long page : pages) {
      assertThat(client.read(page).await()).as("page %d", page).isEqualTo(value);
    }
  }

  @Test
  void shouldCopyUpTheWholeRowWhenOneUnitOfItIsWritten() {
    everywhere(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(0, 1, 96).await();
          UUID snapshot = layers.take("s");
          // One fragment's unit as a whole, the other one not at all.
          client.write(0, 2, Geometry.PAGES_PER_UNIT).await();
          client.write(ROW_OF_UNITS + 3, 3).await();
          client.zero(2 * ROW_OF_UNITS, (int) ROW_OF_UNITS).await();
          whoeverIsAway(
              scenario,
              volume,
              of -> {
                reads(of, 2, 0, 15);
                reads(of, 1, 16, 31, 32, 34, 36, 63);
                reads(of, 3, 35);
                reads(of, 0, 64, 95, 96);
              });
          whoeverIsAway(
              scenario,
              layers.clone(snapshot, "c"),
              of -> {
                reads(of, 1, 0, 16, 31, 35, 64, 95);
                reads(of, 0, 96);
              });
        });
  }

  @Test
  void shouldCopyUpWhatAMemberThatIsAwayHas() {
    everywhere(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          for (int stripe = 0; stripe < 3; stripe++) {
            client.write(stripe * STRIPE, 1, 96).await();
          }
          layers.take("s");
          scenario.crash(third);
          scenario.untilExpired(third);
          for (int stripe = 0; stripe < 3; stripe++) {
            client.write(stripe * STRIPE + 3, 2).await();
            client.zero(stripe * STRIPE + 40, 4).await();
            client.zero(stripe * STRIPE + 2 * ROW_OF_UNITS, (int) ROW_OF_UNITS).await();
          }
          scenario.restart(third);
          scenario.untilWhole();
          whoeverIsAway(
              scenario,
              volume,
              of -> {
                for (int stripe = 0; stripe < 3; stripe++) {
                  long first = stripe * STRIPE;
                  reads(of, 1, first, first + 4, first + 20, first + 39, first + 44, first + 63);
                  reads(of, 2, first + 3);
                  reads(of, 0, first + 40, first + 43, first + 64, first + 95, first + 96);
                }
              });
        });
  }

  /** What somebody lacks is dropped as a whole; what all hold is kept as a whole. */
  @Test
  void shouldSurviveATakeoverDuringACopyUp() {
    everywhere((scenario, volume) -> takeOverDuringCopyUp(scenario, volume, false));
    everywhere((scenario, volume) -> takeOverDuringCopyUp(scenario, volume, true));
  }

  private static void takeOverDuringCopyUp(Scenario scenario, Volume volume, boolean heldByAll) {
    Layers layers = new Layers(scenario, volume);
    SimulatedNode owner = volume.owner();
    SimulatedNode other = scenario.cluster().others(owner).get(0);
    SimulatedNode third = scenario.cluster().others(owner).get(1);
    Client client = volume.client(other);
    client.write(0, 1, 64).await();
    UUID snapshot = layers.take("s");
    Messages answers = messages(Message.AppendAnswer.class).to(owner);
    scenario.hold(heldByAll ? answers : entries().to(third));
    Operation write = client.write(3, 2);
    if (heldByAll) {
      scenario.untilHeld(answers.from(other));
      scenario.untilHeld(answers.from(third));
    } else {
      scenario.untilHeld(entries().to(third));
    }
    scenario.crash(owner);
    volume.untilOwnedByAnother(owner);
    scenario.release();
    write.await();
    scenario.restart(owner);
    scenario.untilWhole();
    whoeverIsAway(
        scenario,
        volume,
        of -> {
          reads(of, 1, 0, 2, 4, 16, 31, 32);
          reads(of, 2, 3);
        });
    whoeverIsAway(scenario, layers.clone(snapshot, "c"), of -> reads(of, 1, 0, 3, 31));
  }

  /** In the lowest layer a row of units may be of one fragment alone. */
  @Test
  void shouldBringBackWhatOneFragmentAloneHasBelow() {
    everywhere(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          for (int stripe = 0; stripe < 3; stripe++) {
            client.write(stripe * STRIPE + 2, 1).await();
            client.write(stripe * STRIPE + ROW_OF_UNITS + 20, 2).await();
          }
          layers.take("s");
          client.write(ROW_OF_UNITS + 40, 3).await();
          whoeverIsAway(
              scenario,
              volume,
              of -> {
                for (int stripe = 0; stripe < 3; stripe++) {
                  reads(of, 1, stripe * STRIPE + 2);
                  reads(of, 2, stripe * STRIPE + ROW_OF_UNITS + 20);
                  reads(of, 0, stripe * STRIPE + 18, stripe * STRIPE + ROW_OF_UNITS);
                }
              });
        });
  }

  @Test
  void shouldFoldWholeRowsWithAMemberAway() {
    everywhere(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(0, 1, 64).await();
          UUID lowest = layers.take("a");
          client.write(0, 2, (int) ROW_OF_UNITS).await();
          client.write(5 * ROW_OF_UNITS + 1, 3).await();
          UUID middle = layers.take("b");
          client.write(1, 4).await();
          client.write(STRIPE, 5).await();
          scenario.crash(third);
          scenario.untilExpired(third);
          layers.delete(middle);
          layers.untilLeft(2);
          Consumer<Client> look =
              of -> {
                reads(of, 2, 0, 2, 16, 31);
                reads(of, 4, 1);
                reads(of, 1, 32, 63);
                reads(of, 3, 5 * ROW_OF_UNITS + 1);
                reads(of, 0, 64, 5 * ROW_OF_UNITS, 5 * ROW_OF_UNITS + 16, STRIPE + 1);
                reads(of, 5, STRIPE);
              };
          look.accept(client);
          scenario.restart(third);
          scenario.untilWhole();
          whoeverIsAway(scenario, volume, look);
          layers.delete(lowest);
          layers.untilLeft(1);
          whoeverIsAway(scenario, volume, look);
        });
  }

  /** All rows of a page of row checksums must not be made anew where some are seen from below. */
  @Test
  void shouldNotCoverWhatIsBelowWhenRowChecksumsRot() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(Redundancy.erasure(2, 1));
    Layers layers = new Layers(scenario, volume);
    Client client = volume.client(volume.owner());
    client.write(0, 1, 128).await();
    layers.take("s");
    client.write(0, 2).await();
    GroupRecord group = volume.group(0);
    SimulatedNode parity = scenario.cluster().nodeOf(group.members().get(2));
    volume.rot(parity, SUM_PAGE);
    client.write(2 * ROW_OF_UNITS, 3).await();
    scenario.run(1_000);
    new StripeComparison(scenario.cluster(), group, volume.stream(0)).run(true);
    assertThat(scenario.cluster().violations()).isEmpty();
    whoeverIsAway(
        scenario,
        volume,
        of -> {
          reads(of, 2, 0);
          reads(of, 1, 1, 31, 32, 63, 65, 96, 127);
          reads(of, 3, 64);
        });
    scenario.ends();
  }

  /** What a member said of stripes before they vanished is not true any more. */
  @Test
  void shouldCopyUpAnewWhereAVolumeWasCutAndGrewAgain() {
    everywhere(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(2 * STRIPE, 1, 64).await();
          layers.take("s");
          client.write(2 * STRIPE + 3, 2).await();
          client.close().await();
          layers.resize(10 * Geometry.PAGE_BYTES);
          layers.untilEmptied();
          layers.resize(1L << 30);
          client = volume.client(volume.owner());
          client.write(2 * STRIPE + 5, 3).await();
          // Now: members that come back later would get whole rows, and hide what is missing.
          scenario.run(1_000);
          volume.assertCopiesAgree();
          assertThat(scenario.cluster().violations()).isEmpty();
          whoeverIsAway(
              scenario,
              volume,
              of -> {
                reads(of, 3, 2 * STRIPE + 5);
                reads(of, 0, 2 * STRIPE, 2 * STRIPE + 3, 2 * STRIPE + 20, 2 * STRIPE + 40);
              });
        });
  }

  @Test
  void shouldReadAClonesOriginWhoeverIsAway() {
    everywhere(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          client.write(0, 1, 96).await();
          UUID snapshot = layers.take("s");
          client.write(0, 2).await();
          Volume clone = layers.clone(snapshot, "c");
          Client ofClone = clone.client(clone.owner());
          ofClone.write(1, 7).await();
          ofClone.zero(ROW_OF_UNITS, (int) ROW_OF_UNITS).await();
          ofClone.close().await();
          whoeverIsAway(
              scenario,
              clone,
              of -> {
                reads(of, 1, 0, 2, 16, 31, 64, 95);
                reads(of, 7, 1);
                reads(of, 0, 32, 63, 96);
              });
        });
  }

  /** A successor gets what all layers have, also what is copied up and folded while it does. */
  @Test
  void shouldGiveASuccessorAllLayers() {
    Scenario.onBothDisks(
        4,
        scenario -> {
          Volume volume = scenario.volume(Redundancy.erasure(2, 1));
          Layers layers = new Layers(scenario, volume);
          SimulatedNode drained = scenario.cluster().others(volume.owner()).get(0);
          Client client = volume.client(volume.owner());
          int stripes = 8;
          for (int stripe = 0; stripe < stripes; stripe++) {
            client.write(stripe * STRIPE, 1, 96).await();
          }
          layers.take("a");
          for (int stripe = 0; stripe < stripes; stripe += 2) {
            client.write(stripe * STRIPE + 3, 2).await();
          }
          UUID middle = layers.take("b");
          scenario.command(new AssignDuty(List.of(Scenario.diskOf(drained)), DiskDuty.DRAINING));
          layers.delete(middle);
          int last = 10;
          while (last < 10 + stripes || hasMembersOn(scenario, drained)) {
            long first = last % stripes * STRIPE;
            client.write(first + 40, last).await();
            client.zero(first + 50, 2).await();
            last++;
          }
          layers.untilLeft(2);
          scenario.untilWhole();
          int written = last;
          whoeverIsAway(
              scenario,
              volume,
              of -> {
                for (int i = written - stripes; i < written; i++) {
                  long first = i % stripes * STRIPE;
                  reads(of, i % 2 == 0 ? 2 : 1, first + 3);
                  reads(of, 1, first, first + 4, first + 39, first + 52, first + 95);
                  reads(of, i, first + 40);
                  reads(of, 0, first + 50, first + 51, first + 96);
                }
              });
        });
  }

  private static boolean hasMembersOn(Scenario scenario, SimulatedNode node) {
    return scenario.log().committed().groups().values().stream()
        .anyMatch(group -> group.disks().contains(Scenario.diskOf(node)));
  }
}
