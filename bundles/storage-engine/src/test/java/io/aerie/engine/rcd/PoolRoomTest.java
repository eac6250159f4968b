package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a pool promises is there on every single disk, and all that is there is promised. */
class PoolRoomTest {
  private static final long BLOCK = Geometry.BLOCK_BYTES;
  private static final Redundancy RF2 = Redundancy.copies(2);
  private static final Redundancy RF3 = Redundancy.copies(3);
  private static final Redundancy EC2_1 = Redundancy.erasure(2, 1);
  private static final long GIB = 1L << 30;

  private final RcdState state = new RcdState();
  private long index;
  private long number;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    return RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer());
  }

  private void disk(int node, long bytes) {
    NodeId id = new NodeId("n" + node);
    if (state.node(id).isEmpty()) {
      apply(new RcdCommand.JoinNode(id, "here", 1, new UUID(node, 1))).orThrow();
    }
    UUID disk = new UUID(7, ++number);
    apply(new RcdCommand.AddDisk(disk, id, 1, "/d" + number, bytes, 1, "p")).orThrow();
  }

  private void pool() {
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "p")).orThrow();
  }

  private RcdAnswer volume(long size, Redundancy redundancy) {
    number++;
    return apply(
        new RcdCommand.CreateVolume(
            new UUID(9, number), "v" + number, size, "p", redundancy, number * 1_000_003));
  }

  private long available(Redundancy redundancy) {
    return state.availableBytes(state.pool("p").orElseThrow(), redundancy);
  }

  private void assertRefused(RcdAnswer answer) {
    assertThat(answer.error().orElseThrow().code()).isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
  }

  @Test
  void shouldPromiseNoMoreThanTheSmallestOfThreeNodesHolds() {
    disk(1, GIB);
    disk(2, GIB);
    disk(3, 10 * GIB);
    pool();
    assertThat(available(RF3)).isEqualTo(GIB);
    assertRefused(volume(GIB + BLOCK, RF3));
    volume(GIB, RF3).orThrow();
    assertThat(available(RF3)).isZero();
    assertRefused(volume(Geometry.PAGE_BYTES, RF3));
  }

  @Test
  void shouldPromiseNothingOfDisksThatNoGroupHas() {
    for (int node = 1; node <= 3; node++) {
      disk(node, GIB);
    }
    pool();
    volume(GIB, RF3).orThrow();
    disk(1, GIB);
    disk(2, GIB);
    disk(3, GIB);
    assertRefused(volume(BLOCK, RF3));
  }

  @Test
  void shouldCountWholeBlocks() {
    for (int node = 1; node <= 3; node++) {
      disk(node, 4 * BLOCK);
    }
    pool();
    for (int i = 0; i < 4; i++) {
      volume(Geometry.PAGE_BYTES, RF3).orThrow();
    }
    assertRefused(volume(Geometry.PAGE_BYTES, RF3));
  }

  /** Each member of 4+2 takes a quarter of the data; a stripe is 4 x 63 units of 64 KiB. */
  @Test
  void shouldCountFragmentsOfErasureCodes() {
    for (int node = 1; node <= 6; node++) {
      disk(node, 100 * BLOCK);
    }
    pool();
    Redundancy redundancy = Redundancy.erasure(4, 2);
    assertThat(available(redundancy)).isEqualTo(100L * 4 * 63 * Geometry.UNIT_BYTES);
    RcdAnswer answer = volume(50L * 4 * 63 * Geometry.UNIT_BYTES, redundancy).orThrow();
    assertThat(answer.toleratedNodeFailures()).isEqualTo(2);
    assertThat(answer.freeBytesAfter()).isEqualTo((600 - 50 * 6) * BLOCK);
    assertThat(available(RF2)).isPositive().isLessThan(3 * 50 * BLOCK);
    assertThat(available(Redundancy.erasure(5, 2))).isZero();
  }

  @Test
  void shouldOfferNothingWithFewerNodesThanCopies() {
    disk(1, GIB);
    disk(2, GIB);
    pool();
    assertThat(available(RF3)).isZero();
    assertThat(available(RF2)).isEqualTo(GIB);
  }

  /** Pools of any shape, filled to the last block with volumes of several protections. */
  @Test
  void shouldFillEveryPoolWithoutOverloadingADisk() {
    double leastFilled = 1;
    for (int seed = 0; seed < 60; seed++) {
      PoolRoomTest run = new PoolRoomTest();
      run.fill(new Random(seed));
      leastFilled = Math.min(leastFilled, run.fullestDisk());
    }
    assertThat(leastFilled)
        .as("the fullest disk of the pool that is filled least")
        .isGreaterThan(0.75);
  }

  private void fill(Random random) {
    int nodes = 3 + random.nextInt(4);
    for (int node = 1; node <= nodes; node++) {
      int disks = 1 + random.nextInt(3);
      for (int disk = 0; disk < disks; disk++) {
        disk(node, GIB * (4 + random.nextInt(60)));
      }
    }
    pool();
    List<Redundancy> open = new ArrayList<>(List.of(RF2, RF3, EC2_1));
    while (!open.isEmpty()) {
      Redundancy redundancy = open.get(random.nextInt(open.size()));
      long available = available(redundancy);
      if (available == 0) {
        open.remove(redundancy);
        continue;
      }
      assertRefused(volume(available + Geometry.PAGE_BYTES, redundancy));
      long blocks = random.nextLong(available / redundancy.spanBytes()) + 1;
      long size = random.nextInt(3) == 0 ? available : blocks * redundancy.spanBytes();
      volume(size, redundancy).orThrow();
    }
  }

  /** The part that is taken of the disk that is fullest when every block is written. */
  private double fullestDisk() {
    Map<UUID, Long> blocks = new HashMap<>();
    for (VolumeRecord volume : state.volumes().values()) {
      List<GroupRecord> groups = state.groupsOf(volume.pool(), volume.redundancy());
      for (int block = 0; block < volume.redundancy().blocks(volume.sizeBytes()); block++) {
        int group = Placement.group(volume.live().seed(), block, groups.size());
        groups.get(group).members().forEach(disk -> blocks.merge(disk, 1L, Long::sum));
      }
    }
    double fullest = 0;
    for (DiskRecord disk : state.disks().values()) {
      long of = disk.capacityBytes() / BLOCK;
      assertThat(blocks.getOrDefault(disk.id(), 0L)).isLessThanOrEqualTo(of);
      fullest = Math.max(fullest, (double) blocks.getOrDefault(disk.id(), 0L) / of);
    }
    return fullest;
  }
}
