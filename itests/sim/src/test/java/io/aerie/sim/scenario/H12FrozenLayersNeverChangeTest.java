package io.aerie.sim.scenario;

import static io.aerie.sim.scenario.Messages.entries;
import static io.aerie.sim.scenario.Messages.entriesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.sim.SimulatedNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A snapshot is asked for while writes are in flight, and its makers die. What is frozen holds all
 * that was numbered before, nothing that came after, and is the same whenever one looks.
 */
class H12FrozenLayersNeverChangeTest {
  @Test
  void shouldWaitForWritesInFlight() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode third = scenario.cluster().others(owner).get(1);
          Client client = volume.client(owner);
          client.write(5, 1).await();
          scenario.hold(entries().to(third));
          Operation second = client.write(5, 2);
          scenario.untilHeld(entries().to(third));
          UUID snapshot = layers.want("s");
          scenario.run(1_500);
          assertThat(layers.frozen(snapshot)).isFalse();
          scenario.release();
          second.await();
          layers.untilFrozen(snapshot);
          client.write(5, 3).await();
          Client clone = layers.clone(snapshot, "c").client(third);
          assertThat(clone.read(5).await()).isEqualTo(2);
          assertThat(client.read(5).await()).isEqualTo(3);
        });
  }

  @Test
  void shouldNumberNothingBeforeItIsKnownWhetherTheLayerIsFrozen() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          Client client = volume.client(owner);
          client.write(5, 1).await();
          scenario.log().holdCommands(RcdCommand.Freeze.class::isInstance);
          UUID snapshot = layers.want("s");
          scenario.run(500);
          Operation second = client.write(5, 2);
          scenario.run(1_500);
          assertThat(second.over()).isFalse();
          scenario.release();
          second.await();
          assertThat(layers.frozen(snapshot)).isTrue();
          Client clone = layers.clone(snapshot, "c").client(owner);
          assertThat(clone.read(5).await()).isEqualTo(1);
        });
  }

  /**
   * A write to part of a unit that the live layer had, until it was frozen while the write waited.
   */
  @Test
  void shouldCopyUpWhatTheLayerBeforeHad() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          Client client = volume.client(volume.owner());
          layers.take("first");
          client.write(5, 1).await();
          scenario.log().holdCommands(RcdCommand.Freeze.class::isInstance);
          layers.want("second");
          scenario.run(500);
          Operation waiting = client.write(6, 2);
          scenario.run(500);
          scenario.release();
          waiting.await();
          assertThat(client.read(5).await()).isEqualTo(1);
          assertThat(client.read(6).await()).isEqualTo(2);
        });
  }

  /** One group can't answer: the volume's other writes go on, and so do its snapshots later. */
  @Test
  void shouldNotHoldWritesBackForLongWhenSomebodyDoesNotAnswer() {
    Scenario scenario = Scenario.of(3, io.aerie.sim.Cluster.DiskKind.MEMORY);
    Volume volume = scenario.volume(3);
    Layers layers = new Layers(scenario, volume);
    SimulatedNode owner = volume.owner();
    SimulatedNode third = scenario.cluster().others(owner).get(1);
    Client client = volume.client(owner);
    client.write(5, 1).await();
    scenario.hold(entriesOf(5).to(third));
    Operation stuck = client.write(5, 2);
    scenario.untilHeld(entriesOf(5).to(third));
    UUID snapshot = layers.want("s");
    scenario.told();
    long elsewhere =
        volume.stream(Volume.page(1)).equals(volume.stream(5)) ? Volume.page(2) : Volume.page(1);
    Operation other = client.write(elsewhere, 7);
    scenario.until("the other write", other::done);
    scenario.release();
    stuck.await();
    layers.untilFrozen(snapshot);
    scenario.ends();
  }

  @Test
  void shouldBeMadeByTheNextOwnerWhenTheOwnerDies() {
    Scenario.withCopiesAndFragments(
        (scenario, volume) -> {
          Layers layers = new Layers(scenario, volume);
          SimulatedNode owner = volume.owner();
          SimulatedNode other = scenario.cluster().others(owner).get(0);
          Client client = volume.client(other);
          client.write(5, 1).await();
          scenario.log().holdCommands(RcdCommand.Freeze.class::isInstance);
          UUID snapshot = layers.want("s");
          scenario.run(500);
          Operation second = client.write(5, 2);
          scenario.crash(owner);
          volume.untilOwnedByAnother(owner);
          scenario.run(1_000);
          assertThat(layers.frozen(snapshot)).isFalse();
          scenario.release();
          layers.untilFrozen(snapshot);
          second.await();
          Client clone = layers.clone(snapshot, "c").client(other);
          long frozen = clone.read(5).await();
          assertThat(frozen).isIn(1L, 2L);
          client.write(5, 3).await();
          assertThat(clone.read(5).await()).isEqualTo(frozen);
        });
  }
}
