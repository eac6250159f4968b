package io.aerie.upgrade.apply.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import io.aerie.upgrade.PackagedBundle.Exchange;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.PartState;
import io.aerie.upgrade.apply.run.Run.State;
import io.aerie.upgrade.apply.run.Run.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Goal: whatever nodes and administrators do, one node at a time is exchanged, and all arrive. */
class RunTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final NodeId N3 = new NodeId("n3");
  private static final List<NodeId> NODES = List.of(N1, N2, N3);

  private static Run begun() {
    return new Run(
        "an-id",
        "0".repeat(64),
        "0.1.1",
        "0.1.0",
        Exchange.SWAP,
        Direction.FORWARD,
        State.RUNNING,
        "",
        Instant.EPOCH,
        NODES.stream().map(Part::of).toList(),
        0);
  }

  private static Run turn(Run run, NodeId node) {
    return run.turnOf(node, "distribution", Set.of("NBD"));
  }

  @Test
  void shouldLetOneNodeAfterTheOtherTakeItsTurn() {
    Run run = begun();
    for (NodeId node : NODES) {
      for (NodeId other : NODES) {
        assertThat(run.stepOf(other)).isEqualTo(other.equals(node) ? Step.TAKE_TURN : Step.NOTHING);
      }
      run = turn(run, node);
      assertThat(run.part(node).orElseThrow().former()).isEqualTo("distribution");
      for (NodeId other : NODES) {
        assertThat(run.stepOf(other)).isEqualTo(other.equals(node) ? Step.EXCHANGE : Step.NOTHING);
      }
      run = run.arrived(node);
    }
    assertThat(NODES).extracting(run::stepOf).containsOnly(Step.FINISH);
    assertThat(run.finished().state()).isEqualTo(State.DONE);
    assertThat(run.finished().isOpen()).isFalse();
  }

  @Test
  void shouldFinishTheNodeThatIsExchangedBeforeItPauses() {
    Run paused = turn(begun(), N1).with(Direction.FORWARD, State.PAUSED, "");
    assertThat(paused.stepOf(N1)).isEqualTo(Step.EXCHANGE);
    Run arrived = paused.arrived(N1);
    assertThat(NODES).extracting(arrived::stepOf).containsOnly(Step.NOTHING);
    assertThat(arrived.actor()).isEmpty();
  }

  @Test
  void shouldDoNothingWhileItIsStopped() {
    Run stopped = turn(begun(), N1).stopped("n2 is away");
    assertThat(NODES).extracting(stopped::stepOf).containsOnly(Step.NOTHING);
    assertThat(stopped.isOpen()).isTrue();
    assertThat(stopped.with(Direction.FORWARD, State.RUNNING, "").stepOf(N1))
        .isEqualTo(Step.EXCHANGE);
  }

  @Test
  void shouldBringBackThoseThatHaveTheNewVersionWhenOneFails() {
    Run run = turn(turn(begun(), N1).arrived(N1), N2).failedOn(N2, "it does not serve");

    assertThat(run.direction()).isEqualTo(Direction.BACK);
    assertThat(run.stepOf(N1)).isEqualTo(Step.TAKE_TURN);
    assertThat(run.stepOf(N2)).isEqualTo(Step.NOTHING);
    run = run.turnOf(N1, "0.1.1-abc", Set.of());
    assertThat(run.part(N1).orElseThrow().former()).as("whereto").isEqualTo("distribution");
    run = run.arrived(N1);
    assertThat(run.stepOf(N3)).isEqualTo(Step.FINISH);
    assertThat(run.finished().state()).isEqualTo(State.ROLLED_BACK);
    assertThat(run.finished().why()).isEqualTo("it does not serve");
  }

  @Test
  void shouldTurnTheNodeThatIsExchangedAroundToo() {
    Run run = turn(begun(), N1).with(Direction.BACK, State.RUNNING, "wanted");
    assertThat(run.stepOf(N1)).isEqualTo(Step.EXCHANGE);
    assertThat(run.arrived(N1).part(N1).orElseThrow().state()).isEqualTo(PartState.OLD);
  }

  /** Every node acts by the rule, an administrator pauses, resumes and rolls back at any time. */
  @Test
  void shouldEndWithAllNodesAlikeWhateverHappens() {
    Set<State> ends = new HashSet<>();
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      Run run = begun();
      int steps = 0;
      while (run.isOpen()) {
        assertThat(steps++).as("seed %d: %s", seed, run).isLessThan(200);
        run = random.nextInt(4) == 0 ? interfered(run, random) : acted(run, random);
        long exchanging =
            run.nodes().stream().filter(part -> part.state() == PartState.EXCHANGING).count();
        assertThat(exchanging).as("seed %d: %s", seed, run).isLessThanOrEqualTo(1);
      }
      PartState all = run.state() == State.DONE ? PartState.NEW : PartState.OLD;
      assertThat(run.nodes()).as("seed %d", seed).allMatch(part -> part.state() == all);
      ends.add(run.state());
    }
    assertThat(ends).containsExactlyInAnyOrder(State.DONE, State.ROLLED_BACK);
  }

  private static Run acted(Run run, Random random) {
    List<NodeId> able = new ArrayList<>();
    NODES.stream().filter(node -> run.stepOf(node) != Step.NOTHING).forEach(able::add);
    if (able.isEmpty()) {
      return run.with(run.direction(), State.RUNNING, run.why());
    }
    NodeId node = able.get(random.nextInt(able.size()));
    return switch (run.stepOf(node)) {
      case TAKE_TURN -> run.turnOf(node, "distribution", Set.of());
      case FINISH -> run.finished();
      default ->
          random.nextInt(10) > 0
              ? run.arrived(node)
              : run.direction() == Direction.FORWARD
                  ? run.failedOn(node, "broken")
                  : run.stopped("broken");
    };
  }

  private static Run interfered(Run run, Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> run.with(run.direction(), State.PAUSED, run.why());
      case 1 -> run.stopped("degraded");
      default -> random.nextInt(5) == 0 ? run.with(Direction.BACK, State.RUNNING, "wanted") : run;
    };
  }

  @Test
  void shouldBeTheSameAfterItWasADocument() {
    Run run = turn(begun(), N1).arrived(N1).stopped("n2 is away");
    Change.Put put = Documents.put(turn(run, N2));
    Run read = Documents.runOf(new Document(put.path(), put.type(), put.json(), 1, 0));
    assertThat(read).isEqualTo(turn(run, N2));
  }
}
