package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
import java.util.List;
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

  private Cluster cluster;
  private List<SimulatedNode> nodes;
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
    long volume = cluster.createVolume(3, 64L << 20, 5);
    world.run(World.SECOND);
    SimulatedNode owner = cluster.owner(volume).orElseThrow();
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
    long number = cluster.groupOf(volume, 0).number();
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
    assertThat(cluster.contents(new StreamKey(volume, number)))
        .as("contents after %d ns", slowness)
        .hasSize(1);
    assertThat(cluster.violations()).isEmpty();
    return unsettled;
  }

  private boolean rebuilding(long group) {
    return !log.committed().group(group).orElseThrow().rebuilding().isEmpty();
  }

  private void start(long seed) {
    world = new World(seed, false);
    cluster = new Cluster(world, new Cluster.Shape(3, 1, Cluster.DiskKind.MEMORY));
    nodes = cluster.nodes();
    log = cluster.log();
    cluster.bootWithPool();
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
