package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.sim.Cluster;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.EngineDisk;
import io.aerie.sim.Network;
import io.aerie.sim.SimulatedLog;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.World;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Leads the real classes through one chosen execution: messages are held and delivered, links cut,
 * nodes crash and return when the scenario says so. Everything else takes its ordinary course, so a
 * scenario waits for what it needs by {@link #until} and never counts on a time.
 */
final class Scenario {
  /** What is waited for comes within this, or never: longer than leases and all time-outs. */
  private static final long PATIENCE = 40 * World.SECOND;

  private final Cluster cluster;
  private final List<Volume> volumes = new ArrayList<>();

  private Scenario(Cluster.Shape shape) {
    cluster = new Cluster(new World(1, Boolean.getBoolean("aerie.sim.trace")), shape);
    cluster.bootWithPool();
    run(1_000);
  }

  /** So many nodes with a disk each. */
  static Scenario of(int nodes, DiskKind kind) {
    return of(new Cluster.Shape(nodes, 1, kind));
  }

  static Scenario of(Cluster.Shape shape) {
    return new Scenario(shape);
  }

  /** The same on the simplest disk and on the real engine. */
  static void onBothDisks(int nodes, Consumer<Scenario> story) {
    for (DiskKind kind : List.of(DiskKind.MEMORY, DiskKind.ENGINE)) {
      Scenario scenario = of(nodes, kind);
      story.accept(scenario);
      scenario.ends();
    }
  }

  /** The same with a volume of three copies, and one of two fragments and a parity. */
  static void withCopiesAndFragments(BiConsumer<Scenario, Volume> story) {
    for (Redundancy redundancy : List.of(Redundancy.copies(3), Redundancy.erasure(2, 1))) {
      onBothDisks(3, scenario -> story.accept(scenario, scenario.volume(redundancy)));
    }
  }

  Cluster cluster() {
    return cluster;
  }

  SimulatedLog log() {
    return cluster.log();
  }

  /** Makes a volume of so many copies, served by its owner. */
  Volume volume(int copies) {
    return volume(Redundancy.copies(copies));
  }

  /** Makes a volume of any protection. */
  Volume volume(Redundancy redundancy) {
    Volume volume = new Volume(this, cluster.createVolume(redundancy, 1L << 30, 5));
    volumes.add(volume);
    run(500);
    return volume;
  }

  /** A volume that was made otherwise; judged with the others at the end. */
  Volume known(long number) {
    Volume volume = new Volume(this, number);
    volumes.add(volume);
    return volume;
  }

  /** By number, from 1. */
  SimulatedNode node(int number) {
    return cluster.nodes().get(number - 1);
  }

  EngineDisk disk(SimulatedNode node) {
    return (EngineDisk) node.disks.get(0);
  }

  // Time.

  /** Lets so many milliseconds pass. */
  void run(long milliseconds) {
    cluster.world().run(milliseconds * World.MILLISECOND);
  }

  /** Until members know, too, that what was acknowledged is settled. */
  void told() {
    cluster.world().run(Timing.IDLE_WATERMARK + 100 * World.MILLISECOND);
  }

  /** Until they would know it after a crash, too: their disks have put their logs in place. */
  void rested() {
    told();
    cluster.world().run(2 * Timing.REST);
  }

  /** Steps, event by event, until something is so; it fails when that never comes. */
  void until(String what, BooleanSupplier condition) {
    until(what, PATIENCE, condition);
  }

  /** The same with less patience, where a failure would take much work. */
  void until(String what, long patienceNanos, BooleanSupplier condition) {
    long deadline = cluster.world().now() + patienceNanos;
    while (!condition.getAsBoolean()) {
      assertThat(cluster.world().now())
          .as("waited for: %s\n%s", what, cluster.world().lately(30))
          .isLessThan(deadline);
      cluster.world().step();
    }
  }

  // Messages.

  void hold(Network.Filter filter) {
    cluster.network().hold(filter);
  }

  /** Messages go through, and are kept to be delivered once more. */
  void copy(Network.Filter filter) {
    cluster.network().copy(filter);
  }

  void drop(Network.Filter filter) {
    cluster.network().drop(filter);
  }

  /** Waits until a message that is held matches. */
  void untilHeld(Network.Filter filter) {
    until("a held message", () -> cluster.network().held(filter) > 0);
  }

  void deliver(Network.Filter filter) {
    cluster.network().deliver(filter);
  }

  /** Nothing is held or lost any more, and what was held arrives. */
  void release() {
    cluster.network().release();
    cluster.log().release();
  }

  void cut(SimulatedNode from, SimulatedNode to) {
    cluster.network().cut(from.id, to.id);
  }

  void cutBothWays(SimulatedNode a, SimulatedNode b) {
    cut(a, b);
    cut(b, a);
  }

  void mend() {
    cluster.network().heal();
  }

  // Nodes.

  void crash(SimulatedNode... nodes) {
    for (SimulatedNode node : nodes) {
      node.kill();
    }
  }

  void restart(SimulatedNode... nodes) {
    for (SimulatedNode node : nodes) {
      node.boot();
    }
  }

  /** Waits until RCD has ended this life of a node. */
  void untilExpired(SimulatedNode node) {
    until(
        node + " is expired",
        () ->
            cluster.log().committed().disks().values().stream()
                .noneMatch(disk -> disk.node().equals(node.id) && disk.up()));
  }

  void untilWhole() {
    until("all groups in sync", cluster::whole);
  }

  /** Submits a command as an administrator does; refusals come back as exceptions. */
  void command(RcdCommand command) {
    cluster.apply(command).orThrow();
  }

  boolean inSync(long group, SimulatedNode node) {
    return cluster.log().committed().group(group).orElseThrow().inSync().contains(diskOf(node));
  }

  static UUID diskOf(SimulatedNode node) {
    return node.disks.get(0).id();
  }

  /**
   * Makes all good and judges: everything gets in sync, all copies agree byte for byte, and no node
   * has seen what can't be.
   */
  void ends() {
    release();
    mend();
    for (SimulatedNode node : cluster.nodes()) {
      node.deaf(0);
      node.disks.forEach(disk -> disk.slow(0));
      if (node.isPaused()) {
        node.resume();
      } else if (!node.isUp()) {
        node.boot();
      }
    }
    untilWhole();
    run(1_000);
    volumes.forEach(Volume::assertCopiesAgree);
    assertThat(cluster.violations()).isEmpty();
  }
}
