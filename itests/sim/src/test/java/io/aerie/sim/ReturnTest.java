package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * A member returns while the last write before its base, the one called {@code first}, is not
 * settled: one member that is in sync takes its time. The comparison of inventories then may come
 * before that write settles, or after; the returning member must end with it in either order. Every
 * run has another time between the two, from far before the base to far after the comparison.
 */
class ReturnTest {
  private static final int RUNS = 24;
  private static final long STEP = 2 * World.MILLISECOND;

  private final List<String> defects = new ArrayList<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private World world;
  private SimulatedLog log;

  @Test
  void shouldBringWhatWasInFlightAtTheBase() {
    int unsettledAtTheReturn = 0;
    for (int run = 0; run < RUNS; run++) {
      unsettledAtTheReturn += returnWith(run * STEP) ? 1 : 0;
    }
    assertThat(unsettledAtTheReturn).as("runs in which it was in flight").isBetween(3, RUNS - 3);
  }

  /** Returns whether the write was unsettled when RCD had the member as rebuilding. */
  private boolean returnWith(long slowness) {
    start(slowness);
    long volume =
        apply(
            new RcdCommand.CreateVolume(id(8), "v", 64L << 20, "default", Redundancy.copies(3), 5));
    world.run(World.SECOND);
    VolumeRecord record = log.committed().volume(volume).orElseThrow();
    SimulatedNode owner = node(record.owner().orElseThrow());
    SimulatedNode returns = nodes.get(nodes.indexOf(owner) == 2 ? 1 : 2);
    SimulatedNode slow = nodes.get(3 - nodes.indexOf(owner) - nodes.indexOf(returns));
    VolumeClient[] client = new VolumeClient[1];
    owner.engine().orElseThrow().open(volume, "c", (of, failure) -> client[0] = of);
    world.run(World.SECOND);
    boolean[] done = new boolean[4];
    write(client[0], 0, done);
    world.run(World.SECOND);
    returns.kill();
    world.run(4 * World.SECOND);
    List<GroupRecord> groups = log.committed().groupsOf(record.pool(), record.redundancy());
    long number = groups.get(Placement.group(record.live().seed(), 0, groups.size())).number();
    returns.boot();
    // The write is sent when RCD has the member's turn in that group, and just then is in flight.
    while (!rebuilding(number)) {
      world.run(World.MILLISECOND / 10);
    }
    slow.disks.get(0).slow(slowness);
    write(client[0], 1, done);
    world.run(20 * World.MILLISECOND);
    boolean unsettled = !done[1];
    world.run(World.SECOND);
    slow.disks.get(0).slow(0);
    write(client[0], 2, done);
    world.run(10 * World.SECOND);
    write(client[0], 3, done);
    world.run(World.SECOND);
    assertThat(done).as("answered").containsOnly(true);
    assertThat(log.committed().group(number).orElseThrow().inSync()).hasSize(3);
    TreeSet<String> different = new TreeSet<>();
    nodes.forEach(n -> n.disks.get(0).digest(new StreamKey(volume, number), different::add));
    assertThat(different).as("contents after %d ns", slowness).hasSize(1);
    assertThat(defects).isEmpty();
    return unsettled;
  }

  private boolean rebuilding(long group) {
    return !log.committed().group(group).orElseThrow().rebuilding().isEmpty();
  }

  private void start(long seed) {
    world = new World(seed, false);
    nodes.clear();
    Network network = new Network(world);
    log = new SimulatedLog(world, network, (index, state) -> {});
    for (int i = 0; i < 3; i++) {
      SimulatedNode node =
          new SimulatedNode(world, network, log, new NodeId("n" + i), n -> {}, defects::add);
      node.disks.add(new MemoryDisk(world, id(i)));
      nodes.add(node);
      node.boot();
    }
    world.run(3 * World.SECOND);
    apply(new RcdCommand.CreatePool(id(9), "default"));
  }

  private static UUID id(long number) {
    return new UUID(1, number);
  }

  private SimulatedNode node(NodeId id) {
    return nodes.stream().filter(n -> n.id.equals(id)).findFirst().orElseThrow();
  }

  private long apply(RcdCommand command) {
    long[] number = new long[1];
    log.submit(
        nodes.get(0).id,
        RcdCommands.encode(command),
        (bytes, failure) -> number[0] = RcdAnswer.decode(bytes).orThrow().number());
    world.run(50 * World.MILLISECOND);
    return number[0];
  }

  private static void write(VolumeClient client, int page, boolean[] done) {
    ByteBuffer data = ByteBuffer.allocate(Geometry.PAGE_BYTES);
    data.putLong(0, page + 1L);
    client.write(
        (long) page * Geometry.PAGE_BYTES,
        data,
        (nothing, failure) -> done[page] = failure == null);
  }
}
