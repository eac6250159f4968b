package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.ControlScrub.Action;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.ScrubJobRecord;
import io.aerie.engine.rcd.ScrubJobRecord.Scope;
import io.aerie.engine.rcd.ScrubJobRecord.State;
import io.aerie.engine.rcd.ScrubRecord.Counts;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.MemoryDisk;
import io.aerie.sim.SimulatedNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What nobody reads is looked at, compared and made good, whoever owns it. */
class ScrubTest {
  private static long lastId;

  private static long start(Scenario scenario, Scope scope, long subject) {
    return scenario
        .cluster()
        .apply(new RcdCommand.StartScrub(new UUID(5, ++lastId), scope, subject, 0))
        .orThrow()
        .number();
  }

  private static ScrubJobRecord job(Scenario scenario, long number) {
    return scenario.log().committed().scrubJobs().get(number);
  }

  private static Counts scrub(Scenario scenario, Volume volume) {
    long number = start(scenario, Scope.VOLUME, volume.number);
    scenario.until("a scrub ends", () -> !job(scenario, number).open());
    assertThat(job(scenario, number).state()).isEqualTo(State.DONE);
    scenario.told();
    return job(scenario, number).counts();
  }

  private static MemoryDisk memory(SimulatedNode node) {
    return (MemoryDisk) node.disks.get(0);
  }

  @Test
  void shouldFindAndRepairWhatNobodyReads() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    Client client = volume.client(volume.owner());
    for (int block = 0; block < 4; block++) {
      client.write(Volume.page(block), block + 1, 8).await();
    }
    volume.rot(scenario.node(1), 3);
    volume.rot(scenario.node(2), 4);
    volume.rot(scenario.node(2), Volume.page(3) + 1);
    Counts counts = scrub(scenario, volume);
    assertThat(counts).isEqualTo(new Counts(4, 3, 3, 0));
    assertThat(scenario.log().committed().scrubs().get(volume.number).counts()).isEqualTo(counts);
    for (SimulatedNode node : scenario.cluster().nodes()) {
      assertThat(volume.damaged(node, 0).isEmpty()).isTrue();
      assertThat(volume.damaged(node, Volume.page(3)).isEmpty()).isTrue();
    }
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(4, 0, 0, 0));
    scenario.ends();
  }

  /** Nobody has it open, and its owner dies: whoever owns it next does it. */
  @Test
  void shouldScrubWhatNobodyHasOpenThroughItsNextOwner() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    Client client = volume.client(owner);
    client.write(0, 1, 8).await();
    client.close().await();
    SimulatedNode rotten = scenario.cluster().others(owner).get(0);
    volume.rot(rotten, 3);
    scenario.crash(owner);
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 1, 1, 0));
    assertThat(volume.damaged(rotten, 0).isEmpty()).isTrue();
    scenario.ends();
  }

  /**
   * A disk that says "written" and has not: its checksums are right, and two others know better.
   */
  @Test
  void shouldBelieveMostOfTheCopies() {
    Scenario scenario = Scenario.of(3, DiskKind.MEMORY);
    Volume volume = scenario.volume(3);
    Client client = volume.client(volume.owner());
    client.write(0, 1, 8).await();
    client.write(Volume.page(1), 2).await();
    scenario.told();
    memory(scenario.node(2)).lose(volume.key(0), 3);
    memory(scenario.node(3)).lose(volume.key(Volume.page(1)));
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(2, 2, 2, 0));
    assertThat(volume.held(scenario.node(2), 3)).isEqualTo(1);
    assertThat(volume.held(scenario.node(3), Volume.page(1))).isEqualTo(2);
    scenario.ends();
  }

  /** One says this and one says that: no page is overwritten on a guess. */
  @Test
  void shouldNotGuessBetweenTwoCopies() {
    Scenario scenario = Scenario.of(2, DiskKind.MEMORY);
    Volume volume = scenario.volume(2);
    Client client = volume.client(volume.owner());
    client.write(0, 1, 8).await();
    scenario.told();
    for (int page = 0; page < 2; page++) {
      memory(scenario.node(1 + page)).lose(volume.key(0), page);
    }
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 2, 0, 2));
    assertThat(volume.held(scenario.node(1), 0)).isZero();
    assertThat(volume.held(scenario.node(2), 0)).isEqualTo(1);
    assertThat(volume.held(scenario.node(1), 1)).isEqualTo(1);
    assertThat(volume.held(scenario.node(2), 1)).isZero();
    client.write(0, 3, 2).await();
    scenario.told();
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 0, 0, 0));
    scenario.ends();
  }

  /** Data is what its row says, and the first parity what the data says. */
  @Test
  void shouldCompareFragmentsByTheirRows() {
    Scenario scenario = Scenario.of(3, DiskKind.MEMORY);
    Volume volume = scenario.volume(Redundancy.erasure(2, 1));
    Client client = volume.client(volume.owner());
    client.write(0, 5, 1).await();
    client.write(17, 7, 1).await();
    scenario.told();
    List<SimulatedNode> fragments =
        volume.group(0).members().stream().map(scenario.cluster()::nodeOf).toList();
    assertThat(volume.held(fragments.get(2), 0)).isEqualTo(5);
    memory(fragments.get(0)).lose(volume.key(0), 0);
    memory(fragments.get(2)).lose(volume.key(0), 1);
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 2, 2, 0));
    assertThat(volume.held(fragments.get(0), 0)).isEqualTo(5);
    assertThat(volume.held(fragments.get(2), 1)).isEqualTo(7);
    scenario.ends();
  }

  /** Of a stripe: a page of data, one of parity, and one of row checksums. */
  @Test
  void shouldRepairWhatRottedOfAStripe() {
    Scenario scenario = Scenario.of(3, DiskKind.ENGINE);
    Volume volume = scenario.volume(Redundancy.erasure(2, 1));
    Client client = volume.client(volume.owner());
    client.write(0, 5, 32).await();
    List<SimulatedNode> fragments =
        volume.group(0).members().stream().map(scenario.cluster()::nodeOf).toList();
    volume.rot(fragments.get(0), 3);
    volume.rot(fragments.get(1), 5);
    volume.rot(fragments.get(2), 7);
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 3, 3, 0));
    volume.rot(fragments.get(2), 1008);
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 1, 1, 0));
    for (SimulatedNode node : scenario.cluster().nodes()) {
      assertThat(volume.damaged(node, 0).isEmpty()).isTrue();
    }
    assertThat(client.read(0, 32).await()).isEqualTo(5);
    scenario.ends();
  }

  @Test
  void shouldPauseGoOnAndCancel() {
    Scenario scenario = Scenario.of(3, DiskKind.MEMORY);
    Volume volume = scenario.volume(3);
    Volume other = scenario.volume(2);
    volume.client(volume.owner()).write(0, 1).await();
    long number = start(scenario, Scope.ALL, 0);
    scenario.command(new RcdCommand.ControlScrub(number, Action.PAUSE));
    scenario.run(20_000);
    assertThat(job(scenario, number).state()).isEqualTo(State.PAUSED);
    // Another one takes a volume over.
    assertThat(scrub(scenario, volume)).isEqualTo(new Counts(1, 0, 0, 0));
    assertThat(job(scenario, number).volumesTotal()).isEqualTo(1);
    scenario.command(new RcdCommand.ControlScrub(number, Action.RESUME));
    scenario.until("it ends", () -> job(scenario, number).state() == State.DONE);
    long second = start(scenario, Scope.ALL, 0);
    scenario.command(new RcdCommand.ControlScrub(second, Action.CANCEL));
    scenario.run(20_000);
    assertThat(job(scenario, second).state()).isEqualTo(State.CANCELLED);
    assertThat(scenario.log().committed().scrubs().get(other.number).job()).isZero();
    scenario.ends();
  }
}
