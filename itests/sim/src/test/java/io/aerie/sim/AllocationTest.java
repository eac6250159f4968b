package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Two administrators on two nodes create volumes at once until the pool is full, while requests and
 * answers get lost: each volume is made once, no disk is promised more blocks than it has, and what
 * was refused did not fit when it was refused.
 */
class AllocationTest {
  private static final int ROUNDS = 1000;

  private World world;
  private SimulatedLog log;
  private int ended;
  private long numbers;
  private int refusals;
  private final Set<UUID> made = new TreeSet<>();

  @Test
  void shouldShareAPoolBetweenTwoAdministratorsToTheLastBlock() {
    for (int round = 0; round < ROUNDS; round++) {
      AllocationTest run = new AllocationTest();
      run.fill(round);
      run.check(round);
    }
  }

  private void fill(long seed) {
    world = new World(seed, false);
    log = new SimulatedLog(world, new Network(world), this::onCommit);
    int nodes = 3 + world.random().nextInt(2);
    for (int i = 0; i < nodes; i++) {
      log.up(node(i), true);
    }
    world.run(World.SECOND);
    for (int i = 0; i < nodes; i++) {
      apply(new RcdCommand.JoinNode(node(i), "here", 1, id()));
      for (int disks = 1 + world.random().nextInt(2); disks > 0; disks--) {
        long bytes = (20L + world.random().nextInt(200)) * Geometry.BLOCK_BYTES;
        apply(new RcdCommand.AddDisk(id(), node(i), 1, "/d" + disks, bytes, 1, "p"));
      }
    }
    apply(new RcdCommand.CreatePool(id(), "p"));
    log.loss = world.random().nextInt(3) * 0.1;
    Redundancy redundancy =
        seed % 4 == 3 ? Redundancy.erasure(2, 1) : Redundancy.copies(2 + world.random().nextInt(2));
    for (int i = 0; i < 2; i++) {
      create(node(i), redundancy, 64);
    }
    for (int second = 0; second < 600 && ended < 2; second++) {
      world.run(World.SECOND);
    }
    assertThat(ended).as("administrators who saw the pool full, seed %d", seed).isEqualTo(2);
    assertThat(
            log.committed()
                .availableBytes(log.committed().pools().values().iterator().next(), redundancy))
        .isZero();
    assertThat(refusals).as("refusals, seed %d", seed).isPositive();
  }

  /** Creates volumes one after the other; a size that is refused is halved, to a single block. */
  private void create(NodeId from, Redundancy redundancy, int blocks) {
    long of = ++numbers;
    long bytes = (1L + world.random().nextInt(blocks)) * redundancy.spanBytes();
    RcdCommand command =
        new RcdCommand.CreateVolume(
            id(), "v" + of, bytes, "p", redundancy, world.random().nextLong());
    submit(from, command, redundancy, bytes);
  }

  private void submit(NodeId from, RcdCommand command, Redundancy redundancy, long bytes) {
    log.submit(
        from,
        RcdCommands.encode(command),
        (answer, failure) -> {
          if (failure != null) {
            submit(from, command, redundancy, bytes);
            return;
          }
          RcdAnswer decoded = RcdAnswer.decode(answer);
          if (decoded.error().isEmpty()) {
            made.add(((RcdCommand.CreateVolume) command).id());
            create(from, redundancy, 64);
            return;
          }
          assertThat(decoded.error().get().code()).isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
          if (bytes == redundancy.spanBytes()) {
            ended++;
          } else {
            create(from, redundancy, (int) (bytes / redundancy.spanBytes() / 2));
          }
        });
  }

  /** What the log has refused must not have fitted when it did. */
  private void onCommit(long index, RcdState state) {
    if (!(RcdCommands.decode(log.command(index)) instanceof RcdCommand.CreateVolume wanted)
        || state.volumes().values().stream().anyMatch(volume -> volume.id().equals(wanted.id()))) {
      return;
    }
    assertThat(wanted.sizeBytes())
        .as("what was refused by command %d, and the pool's word", index)
        .isGreaterThan(state.availableBytes(pool(state, wanted), wanted.redundancy()));
    assertThat(wouldFit(state, wanted)).as("it would fit, command %d", index).isFalse();
    refusals++;
  }

  /**
   * The rule of docs/storage-protocol.md counted anew from volumes and groups: for each disk the
   * mean of the blocks that fall to it, and five standard deviations.
   */
  private static boolean wouldFit(RcdState state, RcdCommand.CreateVolume wanted) {
    Redundancy redundancy = wanted.redundancy();
    List<GroupRecord> groups = state.groupsOf(pool(state, wanted).number(), redundancy);
    if (groups.isEmpty()) {
      // the first volume makes them, and there is none yet: the pool's word alone counts
      return false;
    }
    long blocks = redundancy.blocks(wanted.sizeBytes());
    for (VolumeRecord volume : state.volumes().values()) {
      blocks += redundancy.blocks(volume.sizeBytes());
    }
    for (DiskRecord disk : state.disks().values()) {
      long holding = groups.stream().filter(group -> group.members().contains(disk.id())).count();
      double share = (double) holding / groups.size();
      double aside = blocks * share + 5 * Math.sqrt(blocks * share * (1 - share));
      long room = disk.capacityBytes() / Geometry.BLOCK_BYTES;
      if (holding > 0 && aside > room) {
        return false;
      }
    }
    return true;
  }

  private static PoolRecord pool(RcdState state, RcdCommand.CreateVolume wanted) {
    return state.pools().values().stream()
        .filter(pool -> pool.name().equals(wanted.pool()))
        .findFirst()
        .orElseThrow();
  }

  private void check(long seed) {
    Map<UUID, Long> blocks = new HashMap<>();
    Set<UUID> there = new TreeSet<>();
    for (VolumeRecord volume : log.committed().volumes().values()) {
      there.add(volume.id());
      var groups = log.committed().groupsOf(volume.pool(), volume.redundancy());
      for (int block = 0; block < volume.redundancy().blocks(volume.sizeBytes()); block++) {
        GroupRecord group = groups.get(Placement.group(volume.live().seed(), block, groups.size()));
        group.members().forEach(disk -> blocks.merge(disk, 1L, Long::sum));
      }
    }
    assertThat(there).as("volumes, seed %d", seed).isEqualTo(made);
    for (DiskRecord disk : log.committed().disks().values()) {
      assertThat(blocks.getOrDefault(disk.id(), 0L) * Geometry.BLOCK_BYTES)
          .as("disk %s, seed %d", disk.id(), seed)
          .isLessThanOrEqualTo(disk.capacityBytes());
    }
  }

  private static NodeId node(int i) {
    return new NodeId("n" + i);
  }

  private UUID id() {
    return new UUID(++numbers, world.random().nextLong());
  }

  private void apply(RcdCommand command) {
    boolean[] done = new boolean[1];
    log.submit(
        node(0),
        RcdCommands.encode(command),
        (bytes, failure) -> {
          RcdAnswer.decode(bytes).orThrow();
          done[0] = true;
        });
    world.run(10 * World.MILLISECOND);
    assertThat(done[0]).isTrue();
  }
}
