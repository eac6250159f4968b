package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.messages;
import static io.aerie.sim.scenario.StripedLayersTest.whoeverIsAway;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.sim.SimulatedNode;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Rule 8: a volume gets another protection while clients use it. What was written before is there,
 * what is written meanwhile isn't covered by it, and the former volume goes when nothing needs it.
 */
class ConversionTest {
  private static final Redundancy COPIES = Redundancy.copies(3);
  private static final Redundancy CODE = Redundancy.erasure(2, 1);
  private static final int BLOCK = Geometry.PAGES_PER_BLOCK;

  private interface Story {
    void tell(Scenario scenario, Volume volume, Redundancy to);
  }

  private static void bothWays(Story story) {
    for (Redundancy from : new Redundancy[] {COPIES, CODE}) {
      Redundancy to = from.equals(CODE) ? COPIES : CODE;
      Scenario.onBothDisks(3, scenario -> story.tell(scenario, scenario.volume(from), to));
    }
  }

  private static VolumeRecord record(Scenario scenario, UUID id) {
    return scenario.log().committed().volume(id.toString()).orElseThrow();
  }

  private static UUID id(Scenario scenario, Volume volume) {
    return scenario.cluster().volume(volume.number).id();
  }

  private static void want(Scenario scenario, UUID id, Redundancy to) {
    scenario.command(
        new RcdCommand.ConvertVolume(id, to, new UUID(99, scenario.log().length()), 17, -1));
  }

  /** The volume that has the place of the converted one. */
  private static Volume untilBegun(Scenario scenario, UUID id, Redundancy to) {
    scenario.until("another volume", () -> record(scenario, id).redundancy().equals(to));
    return scenario.known(record(scenario, id).number());
  }

  private static void untilWhole(Scenario scenario) {
    scenario.until(
        "the former volume is gone",
        () ->
            scenario.log().committed().volumes().values().stream()
                .noneMatch(volume -> volume.conversion().isFormer()));
  }

  private static void reads(Client client, long value, long... pages) {
    for (long page : pages) {
      assertThat(client.read(page).await()).as("page %d", page).isEqualTo(value);
    }
  }

  @Test
  void shouldHaveAllThatWasWrittenBeforeAndMeanwhile() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          Client client = volume.client(scenario.cluster().others(volume.owner()).get(0));
          client.write(0, 1, 40).await();
          client.write(BLOCK - 20, 2, 40).await();
          client.write(5 * BLOCK + 3, 3).await();
          client.zero(8, 16).await();
          want(scenario, id, to);
          Volume converted = untilBegun(scenario, id, to);
          client.write(4, 4).await();
          client.write(5 * BLOCK + 17, 5).await();
          client.zero(BLOCK, 2).await();
          Consumer<Client> look =
              of -> {
                reads(of, 1, 0, 3, 5, 7, 24, 39);
                reads(of, 0, 8, 23, 40, BLOCK, BLOCK + 1, 5 * BLOCK, 5 * BLOCK + 16);
                reads(of, 2, BLOCK - 20, BLOCK - 1, BLOCK + 2, BLOCK + 19);
                reads(of, 3, 5 * BLOCK + 3);
                reads(of, 4, 4);
                reads(of, 5, 5 * BLOCK + 17);
              };
          look.accept(client);
          untilWhole(scenario);
          look.accept(client);
          client.close().await();
          whoeverIsAway(scenario, converted, look);
          assertThat(record(scenario, id).origin()).isZero();
          assertThat(scenario.log().committed().snapshots()).isEmpty();
        });
  }

  /** What is read to be filled in must not cover what clients write after that. */
  @Test
  void shouldNotCoverWhatIsWrittenWhileAPlaceIsFilled() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          SimulatedNode owner = volume.owner();
          Client client = volume.client(owner);
          client.write(0, 1, 40).await();
          client.close().await();
          // Nothing is filled in before both volumes have owners on nodes of their own.
          Messages answers = messages(Message.OriginAnswer.class);
          scenario.hold(messages(Message.AppendAnswer.class).to(owner));
          want(scenario, id, to);
          Volume converted = untilBegun(scenario, id, to);
          scenario.hold(answers);
          scenario.crash(owner);
          converted.untilOwnedByAnother(owner);
          scenario.untilHeld(answers);
          client = converted.client(converted.owner());
          Operation unit = client.write(0, 2, 2 * Geometry.PAGES_PER_UNIT);
          scenario.told();
          scenario.release();
          unit.await();
          scenario.restart(owner);
          untilWhole(scenario);
          reads(client, 2, 0, 31);
          reads(client, 1, 32, 39);
        });
  }

  /** Also when the owner ends in the middle: the next one goes on. */
  @Test
  void shouldGoOnUnderTheNextOwner() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          SimulatedNode owner = volume.owner();
          Client client = volume.client(scenario.cluster().others(owner).get(0));
          int places = 12;
          for (int i = 0; i < places; i++) {
            client.write((long) i * BLOCK + 5, i + 1).await();
          }
          want(scenario, id, to);
          Volume converted = untilBegun(scenario, id, to);
          scenario.run(30);
          scenario.crash(owner);
          converted.untilOwnedByAnother(owner);
          client.write(BLOCK + 6, 100).await();
          scenario.restart(owner);
          untilWhole(scenario);
          scenario.untilWhole();
          whoeverIsAway(
              scenario,
              converted,
              of -> {
                for (int i = 0; i < places; i++) {
                  reads(of, i + 1, (long) i * BLOCK + 5);
                }
                reads(of, 100, BLOCK + 6);
              });
        });
  }

  /** What was under way is done once, at whoever has the volume's place. */
  @Test
  void shouldDoWhatWaitedInTheNewPlace() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode other = scenario.cluster().others(owner).get(0);
          Client client = volume.client(other);
          client.write(0, 1, 40).await();
          // It is numbered, and nobody knows that it is settled.
          scenario.hold(messages(Message.AppendAnswer.class).to(owner));
          Operation under = client.write(1, 2);
          scenario.untilHeld(messages(Message.AppendAnswer.class).to(owner));
          want(scenario, id, to);
          Operation waiting = client.write(BLOCK - 60, 3, 120);
          Operation zeroes = client.zero(2 * BLOCK - 5, 10);
          Operation read = client.read(2 * BLOCK - 50, 100);
          scenario.run(300);
          scenario.release();
          under.await();
          waiting.await();
          zeroes.await();
          assertThat(read.await()).isZero();
          untilWhole(scenario);
          reads(client, 2, 1);
          reads(client, 3, BLOCK - 60, BLOCK - 1, BLOCK, BLOCK + 59);
          reads(client, 0, BLOCK - 61, BLOCK + 60);
        });
  }

  /** Nobody reads the former volume when the new one may have been written. */
  @Test
  void shouldRefuseWhoDoesNotKnowThatAnotherVolumeHasItsPlace() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          SimulatedNode owner = volume.owner();
          Client late = volume.client(scenario.cluster().others(owner).get(0));
          Client client = volume.client(scenario.cluster().others(owner).get(1));
          client.write(0, 1).await();
          Messages requests = messages(Message.ClientRequest.class).to(owner);
          scenario.hold(requests.from(scenario.cluster().others(owner).get(0)));
          Operation write = late.write(7, 7);
          scenario.untilHeld(requests);
          want(scenario, id, to);
          untilBegun(scenario, id, to);
          client.write(0, 2).await();
          scenario.release();
          write.await();
          reads(late, 2, 0);
          reads(late, 7, 7);
          untilWhole(scenario);
          reads(late, 2, 0);
          reads(client, 7, 7);
        });
  }

  /** It can't be asked once more whether it was as expected. */
  @Test
  void shouldNotCompareAgainInTheNewPlace() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          SimulatedNode other = scenario.cluster().others(volume.owner()).get(0);
          Client client = volume.client(other);
          client.write(0, 1).await();
          scenario.hold(messages(Message.ClientAnswer.class).to(other));
          Operation compared = client.compareAndWrite(0, 1, 5);
          scenario.untilHeld(messages(Message.ClientAnswer.class).to(other));
          want(scenario, id, to);
          untilBegun(scenario, id, to);
          scenario.until("it is known there", compared::over);
          assertThat(compared.awaitFailure()).hasMessageContaining("can't be done");
          scenario.release();
          untilWhole(scenario);
        });
  }

  @Test
  void shouldGoBackWhileItIsFilled() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          Redundancy from = scenario.cluster().volume(volume.number).redundancy();
          SimulatedNode owner = volume.owner();
          Client client = volume.client(owner);
          for (int i = 0; i < 6; i++) {
            client.write((long) i * BLOCK, 1, 40).await();
          }
          want(scenario, id, to);
          untilBegun(scenario, id, to);
          want(scenario, id, from);
          Volume back = untilBegun(scenario, id, from);
          assertThat(scenario.log().committed().volumes()).as("one upon the other").hasSize(3);
          client.write(3, 2).await();
          untilWhole(scenario);
          scenario.run(500);
          client.close().await();
          whoeverIsAway(
              scenario,
              back,
              of -> {
                reads(of, 2, 3);
                for (int i = 0; i < 6; i++) {
                  reads(of, 1, (long) i * BLOCK, (long) i * BLOCK + 39);
                }
              });
          assertThat(scenario.log().committed().volumes()).hasSize(1);
        });
  }

  @Test
  void shouldGoWithTheFormerVolumeWhenItIsDeleted() {
    bothWays(
        (scenario, volume, to) -> {
          UUID id = id(scenario, volume);
          SimulatedNode owner = volume.owner();
          Client client = volume.client(owner);
          client.write(0, 1, 40).await();
          scenario.hold(messages(Message.AppendAnswer.class).to(owner));
          want(scenario, id, to);
          untilBegun(scenario, id, to);
          client.close().await();
          assertThat(scenario.log().committed().volumes()).hasSize(2);
          scenario.command(new RcdCommand.DeleteVolume(id, -1));
          assertThat(scenario.log().committed().volumes()).isEmpty();
          assertThat(scenario.log().committed().snapshots()).isEmpty();
          scenario.release();
        });
  }
}
