package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeLimits;
import io.aerie.sim.Cluster.DiskKind;
import io.aerie.sim.SimulatedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** A volume's clients together get what its limits say, later instead of never, and in order. */
class LimitsTest {
  private static final int DEPTH = 16;
  private static final int SECONDS = 8;

  private final Scenario scenario = Scenario.of(3, DiskKind.MEMORY);

  private void limit(Volume volume, VolumeLimits limits) {
    scenario.command(
        new RcdCommand.LimitVolume(scenario.cluster().volume(volume.number).id(), limits, -1));
    scenario.run(100);
  }

  private static VolumeLimits writes(long operations, long bytes) {
    return new VolumeLimits(0, operations, 0, bytes);
  }

  /** A client that always has some operations open; looked after by {@link #run}. */
  private static final class Load {
    private final LongFunction<Operation> begin;
    private final List<Operation> open = new ArrayList<>();
    private long begun;
    private long done;

    Load(int depth, LongFunction<Operation> begin) {
      this.begin = begin;
      for (int i = 0; i < depth; i++) {
        open.add(begin.apply(begun++));
      }
    }

    void look() {
      for (int i = 0; i < open.size(); i++) {
        if (open.get(i).over()) {
          open.get(i).await();
          done++;
          open.set(i, begin.apply(begun++));
        }
      }
    }
  }

  /** Lets some time pass; how many operations of each were done in it. */
  private long[] run(Load... loads) {
    long[] before = new long[loads.length];
    for (int i = 0; i < loads.length; i++) {
      loads[i].look();
      before[i] = loads[i].done;
    }
    for (int milliseconds = 0; milliseconds < SECONDS * 1_000; milliseconds += 2) {
      scenario.run(2);
      for (Load load : loads) {
        load.look();
      }
    }
    long[] done = new long[loads.length];
    for (int i = 0; i < loads.length; i++) {
      done[i] = loads[i].done - before[i];
    }
    return done;
  }

  /** By two clients on two nodes; a volume beside it is as fast as without. */
  @Test
  void shouldGiveAVolumeItsRateAndOthersTheirs() {
    Volume limited = scenario.volume(2);
    Volume beside = scenario.volume(2);
    Client here = limited.client(limited.owner());
    Client there = limited.client(scenario.cluster().others(limited.owner()).get(0));
    Client other = beside.client(beside.owner());
    Load unlimited = new Load(1, n -> other.write(n % 64, n + 1));
    long free = run(unlimited)[0];
    limit(limited, writes(60, 0));
    Load first = new Load(DEPTH, n -> here.write(n % 512, n + 1));
    Load second = new Load(DEPTH, n -> there.write(512 + n % 512, n + 1));
    Load reads = new Load(1, n -> there.read(2048 + n % 64));
    long[] done = run(unlimited, first, second, reads);
    assertThat(done[0]).as("the volume beside").isGreaterThan(free / 100 * 95);
    assertThat(done[1] + done[2]).isBetween(SECONDS * 59L, SECONDS * 61L);
    assertThat(Math.min(done[1], done[2])).as("of each client").isGreaterThan(SECONDS * 25L);
    assertThat(done[3]).as("reads, which aren't limited").isGreaterThan(SECONDS * 150L);
    limit(limited, new VolumeLimits(100, 0, 0, 0));
    done = run(unlimited, first, second, reads);
    assertThat(done[3]).isBetween(SECONDS * 98L, SECONDS * 102L);
    assertThat(done[1] + done[2]).as("writes, no longer").isGreaterThan(SECONDS * 150L);
    limit(limited, VolumeLimits.NONE);
    scenario.ends();
  }

  /** Of copies and of stripes; reads and writes apart. */
  @Test
  void shouldCountBytes() {
    for (Volume volume : List.of(scenario.volume(3), scenario.volume(Redundancy.erasure(2, 1)))) {
      limit(volume, new VolumeLimits(0, 0, 2 << 20, 1 << 20));
      Client client = volume.client(volume.owner());
      Load writes = new Load(4, n -> client.write(16 * (n % 8), n + 1, 16));
      Load reads = new Load(4, n -> client.read(1024 + 16 * (n % 8), 16));
      long[] done = run(writes, reads);
      assertThat(done[0]).as("64 KiB each").isBetween(SECONDS * 15L, SECONDS * 16L + 4);
      assertThat(done[1]).isBetween(SECONDS * 31L, SECONDS * 32L + 4);
      limit(volume, VolumeLimits.NONE);
    }
    scenario.ends();
  }

  @Test
  void shouldReleaseWhatWaitsWhenTheLimitGoes() {
    Volume volume = scenario.volume(2);
    Client client = volume.client(scenario.cluster().others(volume.owner()).get(0));
    limit(volume, writes(1, 0));
    List<Operation> waiting = new ArrayList<>();
    for (int page = 0; page < 100; page++) {
      waiting.add(client.write(page, page + 1));
    }
    scenario.run(3_000);
    assertThat(waiting.stream().filter(Operation::over).count()).isBetween(2L, 4L);
    limit(volume, writes(20, 0));
    scenario.run(2_000);
    assertThat(waiting.stream().filter(Operation::over).count()).isBetween(35L, 50L);
    limit(volume, writes(1, 0));
    scenario.run(300);
    limit(volume, VolumeLimits.NONE);
    scenario.run(200);
    assertThat(waiting).allMatch(Operation::done);
    scenario.ends();
  }

  /** Longer than any operation is waited for that nobody answers. */
  @Test
  void shouldTakeItsTimeAndNotFail() {
    Volume volume = scenario.volume(2);
    Client client = volume.client(scenario.cluster().others(volume.owner()).get(0));
    limit(volume, writes(4, 0));
    List<Operation> waiting = new ArrayList<>();
    for (int page = 0; page < 400; page++) {
      waiting.add(client.write(page, page + 1));
    }
    scenario.run(102_000);
    assertThat(waiting).allMatch(Operation::done);
    scenario.ends();
  }

  /** What needs less doesn't go before what needs more. */
  @Test
  void shouldKeepTheOrder() {
    Volume volume = scenario.volume(2);
    Client client = volume.client(volume.owner());
    limit(volume, writes(0, 1 << 20));
    Operation large = client.write(0, 1, 256);
    scenario.run(10);
    Operation larger = client.write(0, 2, 128);
    scenario.run(1_200);
    Operation small = client.write(0, 3);
    assertThat(larger.over()).isFalse();
    scenario.run(100);
    assertThat(small.over()).isFalse();
    large.await();
    larger.await();
    small.await();
    assertThat(client.read(0).await()).isEqualTo(3);
    assertThat(client.read(1).await()).isEqualTo(2);
    assertThat(client.read(200).await()).isEqualTo(1);
    scenario.ends();
  }

  /** Zeroes move no bytes, and count as writes. */
  @Test
  void shouldCountZeroesAsOperationsOnly() {
    Volume volume = scenario.volume(2);
    Client client = volume.client(volume.owner());
    limit(volume, writes(0, 4096));
    Operation first = client.zero(0, 4096);
    scenario.run(500);
    assertThat(first.done()).isTrue();
    limit(volume, writes(2, 0));
    Operation second = client.zero(0, 4096);
    scenario.run(500);
    assertThat(second.over()).isFalse();
    second.await();
    scenario.ends();
  }

  /** Nothing of an attachment that ended begins any more. */
  @Test
  void shouldEndWithItsAttachment() {
    Volume volume = scenario.volume(2);
    Client client = volume.client(scenario.cluster().others(volume.owner()).get(0));
    Client next = volume.client(volume.owner());
    limit(volume, writes(1, 0));
    List<Operation> waiting = new ArrayList<>();
    for (int page = 0; page < 50; page++) {
      waiting.add(client.write(page, 1));
    }
    scenario.run(1_500);
    client.close().await();
    long begun = waiting.stream().filter(Operation::done).count();
    Operation after = next.write(49, 2);
    scenario.run(2_100);
    assertThat(after.done()).as("others don't wait for what ended").isTrue();
    limit(volume, VolumeLimits.NONE);
    scenario.run(1_000);
    long written = 0;
    for (long page = 0; page < 49; page++) {
      written += next.read(page).await();
    }
    assertThat(written).as("and one at most whose answer came too late").isIn(begun, begun + 1);
    assertThat(next.read(49).await()).isEqualTo(2);
    scenario.ends();
  }

  /** The limit goes on under the next owner, without a burst; each write is answered once. */
  @Test
  void shouldSurviveATakeover() {
    Scenario.onBothDisks(3, LimitsTest::takeover);
  }

  private static void takeover(Scenario scenario) {
    Volume volume = scenario.volume(3);
    SimulatedNode owner = volume.owner();
    Client client = volume.client(scenario.cluster().others(owner).get(0));
    Client other = volume.client(scenario.cluster().others(owner).get(1));
    scenario.command(
        new RcdCommand.LimitVolume(
            scenario.cluster().volume(volume.number).id(), writes(20, 0), -1));
    scenario.run(100);
    List<Operation> waiting = new ArrayList<>();
    for (int page = 0; page < 100; page++) {
      waiting.add(client.write(page, page + 1));
    }
    scenario.run(1_000);
    scenario.crash(owner);
    volume.untilOwnedByAnother(owner);
    long before = waiting.stream().filter(Operation::over).count();
    assertThat(before).isBetween(15L, 25L);
    scenario.run(2_000);
    assertThat(waiting.stream().filter(Operation::over).count() - before).isBetween(30L, 42L);
    waiting.forEach(Operation::await);
    for (int page = 0; page < 20; page++) {
      other.write(page, 1_000 + page).await();
    }
    scenario.restart(owner);
    scenario.untilWhole();
    for (int page = 0; page < 100; page++) {
      assertThat(other.read(page).await()).isEqualTo(page < 20 ? 1_000 + page : page + 1);
    }
  }
}
