package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.sim.SimulatedNode;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a disk has of a volume that RCD never heard of is kept until somebody decides (rule 10). */
class QuarantineTest {
  private static final StreamKey UNKNOWN = new StreamKey(999, 77);

  private static void bringUnknown(Scenario scenario, SimulatedNode node) {
    MemberStore store = node.disks.get(0).opened();
    boolean[] done = new boolean[1];
    store.base(new Base(UNKNOWN, 1, Point.NONE, 0, false), (nothing, failure) -> done[0] = true);
    scenario.until("a base", () -> done[0]);
    Change write = new Change.Write(new BlockKey(888, 3), 0, ByteBuffer.allocate(4096));
    done[0] = false;
    store.append(
        new Entry(UNKNOWN, new Point(1, 1), 1, write), (nothing, failure) -> done[0] = true);
    scenario.until("an entry", () -> done[0]);
    store.advance(UNKNOWN, new Point(1, 1));
    done[0] = false;
    store.flush((nothing, failure) -> done[0] = true);
    scenario.until("a flush", () -> done[0]);
  }

  private static List<Quarantined> quarantined(SimulatedNode node) {
    return node.engine().orElseThrow().status().quarantined();
  }

  private static void startAnew(Scenario scenario, SimulatedNode node) {
    scenario.crash(node);
    scenario.untilExpired(node);
    scenario.restart(node);
    scenario.untilWhole();
  }

  @Test
  void shouldKeepWhatIsUnknownUntilSomebodyDecides() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          Volume volume = scenario.volume(3);
          volume.client(volume.owner()).write(0, 1).await();
          SimulatedNode third = scenario.node(3);
          bringUnknown(scenario, third);
          for (int life = 0; life < 2; life++) {
            startAnew(scenario, third);
            assertThat(quarantined(third))
                .containsExactly(new Quarantined(Scenario.diskOf(third), 999, 1, 4 << 20));
          }
          RcdCommand known = new RcdCommand.ForgetVolume(volume.number);
          assertThat(scenario.cluster().apply(known).error().orElseThrow().code())
              .isEqualTo(ErrorCode.IN_USE);
          // Also where the disk is away at that moment.
          scenario.crash(third);
          scenario.untilExpired(third);
          scenario.command(new RcdCommand.ForgetVolume(999));
          scenario.restart(third);
          scenario.untilWhole();
          scenario.run(500);
          assertThat(quarantined(third)).isEmpty();
          assertThat(third.disks.get(0).opened().stream(UNKNOWN)).isEmpty();
          assertThat(scenario.volume(2).number).isGreaterThan(999);
        });
  }

  @Test
  void shouldForgetAtOnceWhatIsThere() {
    Scenario.onBothDisks(
        3,
        scenario -> {
          SimulatedNode third = scenario.node(3);
          bringUnknown(scenario, third);
          startAnew(scenario, third);
          scenario.command(new RcdCommand.ForgetVolume(999));
          scenario.until("it is gone", () -> third.disks.get(0).opened().stream(UNKNOWN).isEmpty());
          assertThat(quarantined(third)).isEmpty();
        });
  }
}
