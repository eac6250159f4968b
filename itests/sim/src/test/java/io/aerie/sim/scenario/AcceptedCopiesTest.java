package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.copies;
import static io.aerie.sim.scenario.Messages.entries;
import static io.aerie.sim.scenario.Messages.messages;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message.Append;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.AcceptStale;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The members that had all are lost for good, and an administrator takes a stale copy: reads show
 * what that has, and who comes back after all is not believed any more.
 */
class AcceptedCopiesTest {
  /** Nodes of a volume whose copies lie elsewhere than its owner. */
  private static final class Story {
    final Scenario scenario;
    final Volume volume;
    final Client client;
    final long page;
    final List<SimulatedNode> members;

    Story(Scenario scenario, int copies) {
      this(scenario, scenario.volume(copies));
    }

    private Story(Scenario scenario, Volume volume) {
      this(scenario, volume, volume.owner(), volume.pageNotOn(volume.owner()));
    }

    Story(Scenario scenario, Volume volume, SimulatedNode clientOn, long page) {
      this.scenario = scenario;
      this.volume = volume;
      this.page = page;
      client = volume.client(clientOn);
      members = volume.members(page);
    }

    void loses(SimulatedNode node) {
      scenario.crash(node);
      scenario.untilExpired(node);
    }

    void givesUp(SimulatedNode... nodes) {
      for (SimulatedNode node : nodes) {
        scenario.command(
            new RcdCommand.AssignDuty(List.of(Scenario.diskOf(node)), DiskDuty.ABSENT));
      }
    }

    void comesBack(SimulatedNode node) {
      scenario.restart(node);
      scenario.until(
          node + " is back",
          () -> scenario.log().committed().disks().get(Scenario.diskOf(node)).up());
    }

    /** Takes the copy of every group that has nobody complete left. */
    void accepts(SimulatedNode node) {
      TreeMap<Long, AcceptStale.Copy> copies = new TreeMap<>();
      scenario.log().committed().groups().values().stream()
          .filter(group -> group.unreadable())
          .filter(group -> group.incomplete().contains(Scenario.diskOf(node)))
          .forEach(
              group ->
                  copies.put(
                      group.number(), new AcceptStale.Copy(group.epoch(), Scenario.diskOf(node))));
      assertThat(copies).isNotEmpty();
      scenario.command(new AcceptStale(copies));
    }
  }

  @Test
  void shouldGoOnWithAStaleCopyAndNeverBelieveTheLostOneAgain() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Story story = new Story(scenario, 2);
          SimulatedNode stale = story.members.get(0);
          SimulatedNode lost = story.members.get(1);
          List<Long> pages = story.volume.pagesBeside(story.page);
          story.client.write(story.page, 1).await();
          story.loses(stale);
          story.client.write(story.page, 2).await();
          story.client.write(pages.get(1), 20).await();
          story.loses(lost);
          story.comesBack(stale);
          Operation read = story.client.read(story.page);
          scenario.run(3_000);
          assertThat(read.over()).as("nobody tells what was written").isFalse();
          story.givesUp(lost);

          story.accepts(stale);

          assertThat(story.client.read(story.page).await()).isEqualTo(1);
          assertThat(story.client.read(pages.get(1)).await()).isZero();
          story.client.write(pages.get(2), 30).await();
          story.comesBack(lost);
          scenario.untilWhole();
          scenario.crash(stale);
          assertThat(story.client.read(story.page).await()).isEqualTo(1);
          assertThat(story.client.read(pages.get(1)).await()).isZero();
          assertThat(story.client.read(pages.get(2)).await()).isEqualTo(30);
        });
  }

  /**
   * What the owner knows as kept, and what it has not acknowledged yet, was on the copies that are
   * lost: it is written anew, not just acknowledged.
   */
  @Test
  void shouldNotAcknowledgeWhatOnlyTheLostOnesKept() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Story story = new Story(scenario, 3);
          SimulatedNode stale = story.members.get(0);
          SimulatedNode first = story.members.get(1);
          SimulatedNode second = story.members.get(2);
          story.client.write(story.page, 1).await();
          story.loses(stale);
          story.client.write(story.page, 2).await();
          scenario.crash(first);
          Operation write = story.client.write(story.page, 3);
          scenario.until("one has it in doubt", () -> story.volume.held(second, story.page) == 3);
          scenario.untilExpired(first);
          scenario.drop(messages(Append.class).to(stale));
          scenario.restart(stale);
          long group = story.volume.group(story.page).number();
          scenario.until("it is being rebuilt", () -> Returns.rebuilding(scenario, group, stale));
          scenario.run(1_000);
          story.loses(second);
          story.givesUp(first, second);
          scenario.release();

          story.accepts(stale);

          assertThat(write.await()).isEqualTo(3);
          assertThat(story.client.read(story.page).await()).isEqualTo(3);
        });
  }

  /** A unit that the owner knew to be in the live layer is not there any more. */
  @Test
  void shouldLookBelowAgainForWhatTheLiveLayerLost() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Story story = new Story(scenario, 2);
          SimulatedNode stale = story.members.get(0);
          SimulatedNode lost = story.members.get(1);
          story.client.write(story.page, 1, Geometry.PAGES_PER_UNIT).await();
          new Layers(scenario, story.volume).take("s");
          story.loses(stale);
          story.client.write(story.page, 2).await();
          story.loses(lost);
          story.comesBack(stale);
          story.givesUp(lost);

          story.accepts(stale);

          story.client.write(story.page + 1, 3).await();
          assertThat(story.client.read(story.page).await()).isEqualTo(1);
          assertThat(story.client.read(story.page + 1).await()).isEqualTo(3);
          assertThat(story.client.read(story.page + 2).await()).isEqualTo(1);
        });
  }

  /** Nothing is lost as long as somebody who has everything may be brought back. */
  @Test
  void shouldWaitForACompleteCopyThatMayComeBack() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Story story = new Story(scenario, 2);
          SimulatedNode stale = story.members.get(0);
          SimulatedNode complete = story.members.get(1);
          story.client.write(story.page, 1).await();
          story.loses(stale);
          story.client.write(story.page, 2).await();
          story.loses(complete);
          story.comesBack(stale);

          assertThatThrownBy(() -> story.accepts(stale))
              .isInstanceOfSatisfying(
                  AerieException.class,
                  e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MEMBER_MAY_RETURN);
                    assertThat(e.why())
                        .contains(Scenario.diskOf(complete) + " of node " + complete.id);
                  });

          story.comesBack(complete);
          assertThat(story.client.read(story.page).await()).isEqualTo(2);
        });
  }

  /**
   * Cut off from all others an owner with the one complete copy acknowledges what its own clients
   * write: that is lost. Nothing of it comes up when it is back, and it writes no more.
   */
  @Test
  void shouldTakeNothingOfAFormerOwnerThatComesBack() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          // Commands go through the first node, which owns the first volume.
          scenario.volume(2);
          Volume volume = scenario.volume(2);
          SimulatedNode former = volume.owner();
          SimulatedNode stale = scenario.cluster().others(former, scenario.node(1)).get(0);
          long page = volume.pageOn(former, stale);
          Story story = new Story(scenario, volume, former, page);
          story.client.write(page, 1).await();
          story.loses(stale);
          story.client.write(page, 2).await();
          former.deaf(300 * World.SECOND);
          scenario.cluster().others(former).forEach(other -> scenario.cutBothWays(former, other));
          scenario.untilExpired(former);
          assertThat(story.client.write(page, 9).await()).isEqualTo(9);
          story.comesBack(stale);
          story.givesUp(former);

          story.accepts(stale);

          volume.untilOwnedByAnother(former);
          Client client = volume.client(scenario.cluster().others(former, stale).get(0));
          assertThat(client.read(page).await()).isEqualTo(1);
          client.write(page + 1, 4).await();
          scenario.mend();
          story.client.write(page, 10);
          scenario.run(2_000);
          assertThat(client.read(page).await()).isEqualTo(1);
          former.deaf(0);
          scenario.crash(former);
          scenario.restart(former);
          scenario.untilWhole();
          scenario.crash(stale);
          assertThat(client.read(page).await()).isEqualTo(1);
          assertThat(client.read(page + 1).await()).isEqualTo(4);
        });
  }

  /** What a copy that is away has in a layer below would read as zeroes if that layer went. */
  @Test
  void shouldNotFoldWhatAStaleCopyHasBelow() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Story story = new Story(scenario, 2);
          SimulatedNode stale = story.members.get(0);
          SimulatedNode lost = story.members.get(1);
          long other = story.page + Geometry.PAGES_PER_UNIT;
          Layers layers = new Layers(scenario, story.volume);
          story.client.write(story.page, 1, Geometry.PAGES_PER_UNIT).await();
          UUID snapshot = layers.take("s");
          story.client.write(other, 2, Geometry.PAGES_PER_UNIT).await();
          story.loses(stale);
          story.client.write(other, 3).await();
          layers.delete(snapshot);
          scenario.run(5_000);
          story.loses(lost);
          story.comesBack(stale);
          story.givesUp(lost);

          story.accepts(stale);

          assertThat(story.client.read(story.page).await()).isEqualTo(1);
          assertThat(story.client.read(other).await()).isEqualTo(2);
          story.comesBack(lost);
          scenario.untilWhole();
          layers.untilLeft(1);
          scenario.crash(stale);
          assertThat(story.client.read(story.page).await()).isEqualTo(1);
          assertThat(story.client.read(other).await()).isEqualTo(2);
        });
  }

  /** A copy that is being rebuilt gets what was folded above before it loses it below. */
  @Test
  void shouldHaveWhatWasFoldedInOneOfTheLayersAtEachMoment() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          Story story = new Story(scenario, 2);
          SimulatedNode stale = story.members.get(0);
          SimulatedNode lost = story.members.get(1);
          long other = story.page + Geometry.PAGES_PER_UNIT;
          Layers layers = new Layers(scenario, story.volume);
          story.client.write(story.page, 1, Geometry.PAGES_PER_UNIT).await();
          UUID snapshot = layers.take("s");
          // Of what comes before the last entries everybody knows that it is settled.
          for (int value = 2; value < 5; value++) {
            story.client.write(other, value).await();
          }
          scenario.drop(entries().to(stale));
          layers.delete(snapshot);
          scenario.until("it is folded on one", () -> story.volume.held(lost, story.page) == 1);
          scenario.run(100);
          scenario.crash(stale);
          scenario.untilExpired(stale);
          scenario.release();
          scenario.drop(copies().to(stale));
          scenario.restart(stale);
          long group = story.volume.group(story.page).number();
          scenario.until("it is being rebuilt", () -> Returns.rebuilding(scenario, group, stale));
          scenario.run(2_000);
          story.loses(lost);
          story.givesUp(lost);
          scenario.release();

          story.accepts(stale);

          assertThat(story.client.read(story.page).await()).isEqualTo(1);
        });
  }

  /** What a volume took the place of stays until all copies have what was filled in from it. */
  @Test
  void shouldKeepWhatAStaleCopyIsToBeFilledFrom() {
    Scenario.onBothDisks(
        5,
        scenario -> {
          // It makes the groups that the other one is to be in.
          scenario.volume(2);
          Volume volume = scenario.volume(3);
          Client client = volume.client(volume.owner());
          client.write(0, 1).await();
          SimulatedNode away = scenario.cluster().others(volume.owner()).get(0);
          scenario.crash(away);
          scenario.untilExpired(away);
          UUID id = scenario.cluster().volume(volume.number).id();
          scenario.command(
              new RcdCommand.ConvertVolume(id, Redundancy.copies(2), new UUID(99, 1), 17, -1));
          scenario.until("another volume has its place", () -> formers(scenario) == 1);
          scenario.run(5_000);
          assertThat(formers(scenario)).isEqualTo(1);
          scenario.restart(away);
          scenario.until("the former volume is gone", () -> formers(scenario) == 0);
          assertThat(client.read(0).await()).isEqualTo(1);
        });
  }

  private static long formers(Scenario scenario) {
    return scenario.log().committed().volumes().values().stream()
        .filter(volume -> volume.conversion().isFormer())
        .count();
  }
}
