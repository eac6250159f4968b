package io.aerie.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Two administrators on two nodes create volumes at once until the pool is full, while requests and
 * answers get lost: each volume is made once, no disk is promised more blocks than it has, and what
 * was refused did not fit.
 */
class AllocationTest {
  private static final int ROUNDS = 1000;

  private World world;
  private SimulatedLog log;
  private int ended;
  private long numbers;
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
    log = new SimulatedLog(world, new Network(world), (index, state) -> {});
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
    int copies = 2 + world.random().nextInt(2);
    for (int i = 0; i < 2; i++) {
      create(node(i), copies, 64);
    }
    for (int second = 0; second < 600 && ended < 2; second++) {
      world.run(World.SECOND);
    }
    assertThat(ended).as("administrators who saw the pool full, seed %d", seed).isEqualTo(2);
    assertThat(
            log.committed()
                .availableBytes(
                    log.committed().pools().values().iterator().next(), Redundancy.copies(copies)))
        .isZero();
  }

  /** Creates volumes one after the other; a size that is refused is halved, to a single block. */
  private void create(NodeId from, int copies, int blocks) {
    long of = ++numbers;
    long bytes = (1L + world.random().nextInt(blocks)) * Geometry.BLOCK_BYTES;
    RcdCommand command =
        new RcdCommand.CreateVolume(
            id(), "v" + of, bytes, "p", Redundancy.copies(copies), world.random().nextLong());
    submit(from, command, copies, bytes);
  }

  private void submit(NodeId from, RcdCommand command, int copies, long bytes) {
    log.submit(
        from,
        RcdCommands.encode(command),
        (answer, failure) -> {
          if (failure != null) {
            submit(from, command, copies, bytes);
            return;
          }
          RcdAnswer decoded = RcdAnswer.decode(answer);
          if (decoded.error().isEmpty()) {
            made.add(((RcdCommand.CreateVolume) command).id());
            create(from, copies, 64);
            return;
          }
          assertThat(decoded.error().get().code()).isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
          if (bytes == Geometry.BLOCK_BYTES) {
            ended++;
          } else {
            create(from, copies, (int) (bytes / Geometry.BLOCK_BYTES / 2));
          }
        });
  }

  private void check(long seed) {
    Map<UUID, Long> blocks = new HashMap<>();
    Set<UUID> there = new TreeSet<>();
    for (VolumeRecord volume : log.committed().volumes().values()) {
      there.add(volume.id());
      var groups = log.committed().groupsOf(volume.pool(), volume.redundancy());
      for (int block = 0; block < volume.sizeBytes() / Geometry.BLOCK_BYTES; block++) {
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
