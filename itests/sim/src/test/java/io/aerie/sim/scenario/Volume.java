package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.StreamKey;
import io.aerie.sim.Cluster;
import io.aerie.sim.EngineDisk;
import io.aerie.sim.SimulatedNode;
import io.aerie.sim.StripeComparison;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** A volume of a scenario. Pages are counted through the whole volume. */
final class Volume {
  private static final int BLOCKS = 256;
  private static final Comparator<SimulatedNode> BY_NAME = Comparator.comparing(node -> node.id);

  private final Scenario scenario;
  private final Cluster cluster;
  final long number;

  Volume(Scenario scenario, long number) {
    this.scenario = scenario;
    this.cluster = scenario.cluster();
    this.number = number;
  }

  static int blockOf(long page) {
    return (int) (page / Geometry.PAGES_PER_BLOCK);
  }

  /** The first page of a block. */
  static long page(int block) {
    return (long) block * Geometry.PAGES_PER_BLOCK;
  }

  SimulatedNode owner() {
    return cluster.owner(number).orElseThrow();
  }

  long epoch() {
    return cluster.volume(number).epoch();
  }

  /** The group of a page, as RCD has it now. */
  GroupRecord group(long page) {
    return cluster.groupOf(number, blockOf(page));
  }

  StreamKey stream(long page) {
    return new StreamKey(number, group(page).number());
  }

  /** The nodes that hold a page, by name. */
  List<SimulatedNode> members(long page) {
    return group(page).members().stream().map(cluster::nodeOf).sorted(BY_NAME).toList();
  }

  /** The first page of a block whose members are exactly these. */
  long pageOn(SimulatedNode... nodes) {
    List<SimulatedNode> wanted = List.of(nodes).stream().sorted(BY_NAME).toList();
    for (int block = 0; block < BLOCKS; block++) {
      if (members(page(block)).equals(wanted)) {
        return page(block);
      }
    }
    throw new AssertionError("no block on " + wanted);
  }

  /** The first page of a block that this node has no copy of. */
  long pageNotOn(SimulatedNode node) {
    for (int block = 0; block < BLOCKS; block++) {
      if (!members(page(block)).contains(node)) {
        return page(block);
      }
    }
    throw new AssertionError("all blocks are on " + node);
  }

  /** The first pages of all blocks that fall to the group of a page, in order. */
  List<Long> pagesBeside(long page) {
    long group = group(page).number();
    return LongStream.range(0, BLOCKS)
        .map(block -> page((int) block))
        .filter(first -> group(first).number() == group)
        .boxed()
        .toList();
  }

  /** Waits until a node owns it that is not this one, and serves. */
  SimulatedNode untilOwnedByAnother(SimulatedNode former) {
    scenario.until(
        "another owner than " + former,
        () -> cluster.owner(number).filter(owner -> owner != former).isPresent());
    return owner();
  }

  /** Attaches a client on a node. */
  Client client(SimulatedNode node) {
    return client(node, Optional.empty(), ReservationListener.NONE);
  }

  /** Attaches an initiator on a node. */
  Client initiator(SimulatedNode node, Nexus nexus, ReservationListener listener) {
    return client(node, Optional.of(nexus), listener);
  }

  private Client client(SimulatedNode node, Optional<Nexus> nexus, ReservationListener listener) {
    VolumeClient[] opened = new VolumeClient[1];
    node.engine()
        .orElseThrow()
        .open(
            number,
            "scenario",
            nexus,
            listener,
            (client, failure) -> {
              assertThat(failure).isNull();
              opened[0] = client;
            });
    scenario.until("an attachment", () -> opened[0] != null);
    return new Client(scenario, opened[0]);
  }

  /** Begins to clear its reservations, as an administrator on a node by force. */
  Operation clearReservation(SimulatedNode node) {
    Operation operation = new Operation(scenario, "clear the reservations");
    node.engine()
        .orElseThrow()
        .clearReservation(
            new RcdCommand.ClearReservation(cluster.volume(number).id(), true, -1),
            (nothing, failure) -> operation.end(0, failure));
    return operation;
  }

  /** The first word of a page as a node's disk durably has it, in doubt or settled. */
  long held(SimulatedNode node, long page) {
    return node.disks
        .get(0)
        .held(stream(page), key(page), (int) (page % Geometry.PAGES_PER_BLOCK))
        .orElseThrow();
  }

  /** The block of a page, or its stripe where that has as many pages. */
  BlockKey key(long page) {
    return new BlockKey(cluster.volume(number).live().number(), blockOf(page));
  }

  /**
   * One bit of a page rots on a node's disk, where it lies once the log was brought to the slots.
   */
  void rot(SimulatedNode node, long page) {
    int within = (int) (page % Geometry.PAGES_PER_BLOCK);
    EngineDisk disk = scenario.disk(node);
    scenario.until("page " + page + " is in its slot", () -> disk.inSlot(key(page), within));
    disk.rot(key(page), within);
  }

  /** The pages of a page's block that a node's disk itself finds damaged. */
  BitSet damaged(SimulatedNode node, long page) {
    BitSet[] damaged = new BitSet[1];
    node.disks
        .get(0)
        .opened()
        .verify(
            key(page),
            false,
            (report, failure) -> {
              assertThat(failure).isNull();
              damaged[0] = report.map(BlockReport::damaged).orElseGet(BitSet::new);
            });
    scenario.until("a block is verified", () -> damaged[0] != null);
    return damaged[0];
  }

  void assertCopiesAgree() {
    if (cluster.log().committed().volume(number).isEmpty()) {
      return;
    }
    TreeMap<Long, GroupRecord> groups = new TreeMap<>();
    for (int block = 0; block < BLOCKS; block++) {
      GroupRecord group = group(page(block));
      groups.put(group.number(), group);
    }
    if (cluster.volume(number).redundancy().striped()) {
      groups.forEach(
          (key, group) ->
              new StripeComparison(cluster, group, new StreamKey(number, key)).run(false));
      return;
    }
    for (long group : groups.keySet()) {
      assertThat(cluster.contents(new StreamKey(number, group)))
          .as("contents of group %d of volume %d", group, number)
          .hasSizeLessThan(2);
    }
  }
}
