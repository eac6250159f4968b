package io.aerie.sim.scenario;

import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.sim.Cluster;
import io.aerie.sim.SimulatedNode;
import java.util.Optional;
import java.util.UUID;

/** What an administrator does with the layers of a scenario's volume. */
final class Layers {
  private final Scenario scenario;
  private final Cluster cluster;
  private final Volume volume;

  Layers(Scenario scenario, Volume volume) {
    this.scenario = scenario;
    this.cluster = scenario.cluster();
    this.volume = volume;
  }

  private VolumeRecord record() {
    return cluster.volume(volume.number);
  }

  private Optional<SnapshotRecord> snapshot(UUID id) {
    return cluster.log().committed().snapshots().values().stream()
        .filter(s -> s.id().equals(id))
        .findFirst();
  }

  private static UUID id(String name) {
    return new UUID(77, name.hashCode());
  }

  /** Asks for a snapshot; its id. */
  UUID want(String name) {
    scenario.command(new RcdCommand.CreateSnapshot(id(name), name, record().id()));
    return id(name);
  }

  boolean frozen(UUID id) {
    return snapshot(id).filter(SnapshotRecord::ready).isPresent();
  }

  void untilFrozen(UUID id) {
    scenario.until("the snapshot is made", () -> frozen(id));
  }

  /** Asks for a snapshot and waits for it; its id. */
  UUID take(String name) {
    UUID id = want(name);
    untilFrozen(id);
    return id;
  }

  /**
   * Begins to ask a node, when it knows the snapshots, what units of a place read as in a snapshot,
   * or differ in from another.
   *
   * @param since null: from none
   */
  Units units(SimulatedNode asked, UUID of, UUID since, int place) {
    scenario.run(300);
    Units units = new Units(scenario, "content of place " + place);
    long from = since == null ? 0 : snapshot(since).orElseThrow().number();
    asked
        .engine()
        .orElseThrow()
        .extents(
            new ExtentsRequest(
                0, volume.number, snapshot(of).orElseThrow().number(), from, place, 1),
            units::end);
    return units;
  }

  void delete(UUID id) {
    scenario.command(new RcdCommand.DeleteSnapshot(id));
  }

  /** Waits until so many layers are left, the live one counted. */
  void untilLeft(int layers) {
    scenario.until(layers + " layers", () -> record().layers().size() == layers);
  }

  void revert(UUID id) {
    scenario.command(new RcdCommand.RevertVolume(record().id(), id, record().revision()));
  }

  /** Makes a volume of a snapshot, with another seed. */
  Volume clone(UUID snapshot, String name) {
    return clone(snapshot, name, record().redundancy());
  }

  /** The same with a protection of its own. */
  Volume clone(UUID snapshot, String name, Redundancy redundancy) {
    scenario.command(new RcdCommand.CloneSnapshot(id(name), name, snapshot, redundancy, 11));
    scenario.run(300);
    return scenario.known(cluster.log().committed().volume(name).orElseThrow().number());
  }

  void resize(long bytes) {
    scenario.command(new RcdCommand.ResizeVolume(record().id(), bytes, true, -1));
    scenario.run(100);
  }

  void untilEmptied() {
    scenario.until("what was cut off is emptied", () -> record().discardBytes() == 0);
  }
}
