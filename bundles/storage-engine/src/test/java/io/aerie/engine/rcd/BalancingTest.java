package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When members move only so that disks have what they are due, and what goes before; RCD alone. */
class BalancingTest {
  private static final long GIB = PoolStory.GIB;

  private final PoolStory story = new PoolStory();

  /** Three nodes with all members, and as many as wanted that came later. */
  private void nodes(int later) {
    for (int node = 1; node <= 3; node++) {
      story.node(node);
    }
    story.pool(FailureDomain.NODE);
    story.volume(Redundancy.copies(3), GIB).orThrow();
    for (int node = 4; node <= 3 + later; node++) {
      story.node(node);
    }
  }

  private static UUID disk(int node) {
    return PoolStory.disk(node, 1);
  }

  @Test
  void shouldMoveToNewDisksWhatTheyAreDueAndNoMore() {
    nodes(3);
    int members = 3 * story.state.groups().size();
    assertThat(story.membersOn(disk(1))).isEqualTo(members / 3);
    assertThat(story.membersOn(disk(4))).isZero();
    RcdAnswer answer = story.rebalance();
    assertThat(answer.explanation().get(0))
        .startsWith(members / 2 + " members of groups are to move, with 1.5 GiB");
    assertThat(answer.explanation().get(1)).matches("From disk .* of n1 .* to disk .* of n.*: .*");
    assertThat(story.moving()).as("one to each new disk").hasSize(3);
    story.finishAll();
    for (int node = 1; node <= 6; node++) {
      assertThat(story.membersOn(disk(node))).isEqualTo(members / 6);
    }
    assertThat(story.job().kind()).isEqualTo(JobRecord.Kind.REBALANCING);
    assertThat(story.job().state()).isEqualTo(JobRecord.State.DONE);
    assertThat(story.job().groupsDone())
        .isEqualTo(story.job().groupsTotal())
        .isEqualTo(members / 2);
    assertThat(story.job().copiedBytes()).isEqualTo(5L * members / 2);
    assertThat(story.state.groups().values()).allMatch(GroupRecord::whole);
  }

  @Test
  void shouldMoveNothingWhereNothingBecomesMoreEqual() {
    nodes(3);
    story.rebalance();
    story.finishAll();
    JobRecord done = story.job();
    assertThat(story.rebalance().explanation()).hasSize(1).allMatch(s -> s.startsWith("Nothing"));
    assertThat(story.job()).isEqualTo(done);
    assertThat(story.moving()).isEmpty();
  }

  @Test
  void shouldAskLessOfSlowAndSmallDisks() {
    nodes(0);
    for (int node = 1; node <= 3; node++) {
      story.add(PoolStory.disk(node, 2), node, 300 * GIB);
    }
    story.apply(new RcdCommand.MeasureDisk(PoolStory.disk(1, 2), 50)).orThrow();
    story.rebalance();
    story.finishAll();
    long groups = story.state.groups().size();
    assertThat(story.membersOn(PoolStory.disk(2, 2))).isEqualTo(groups * 3 / 4);
    assertThat(story.membersOn(disk(2))).isEqualTo(groups / 4);
    assertThat(story.membersOn(PoolStory.disk(1, 2)))
        .isBetween(groups * 3 / 5 - 1, groups * 3 / 5 + 1);
  }

  @Test
  void shouldLetRebuildsGoFirst() {
    nodes(1);
    story.leave(3);
    story.rebalance();
    assertThat(story.moving()).isEmpty();
    assertThat(story.job().state()).isEqualTo(JobRecord.State.RUNNING);
    story.comeBack(3);
    assertThat(story.moving()).as("node 3 lacks what it missed").isEmpty();
    story.finishAll();
    assertThat(story.membersOn(disk(4))).isEqualTo(3L * story.state.groups().size() / 4);
    assertThat(story.job().state()).isEqualTo(JobRecord.State.DONE);
  }

  @Test
  void shouldMakeWayForWhatIsToBeEmptied() {
    nodes(1);
    story.rebalance();
    GroupRecord balanced = story.moving().get(0);
    UUID from = balanced.replacement().get().from();
    UUID drained = from.equals(disk(1)) ? disk(2) : disk(1);
    story.assign(drained, DiskDuty.DRAINING);
    assertThat(story.moving()).hasSize(1);
    assertThat(story.moving().get(0).replacement().get().from()).isEqualTo(drained);
    assertThat(story.moving().get(0).replacement().get().to()).isEqualTo(disk(4));
    while (story.membersOn(drained) > 0) {
      assertThat(story.moving()).allMatch(g -> g.leaves(drained));
      assertThat(story.doneOnce()).isTrue();
    }
    JobRecord job = story.state.jobs().get(drained);
    assertThat(job.state()).isEqualTo(JobRecord.State.DONE);
    assertThat(job.groupsDone()).isEqualTo(job.groupsTotal());
    story.finishAll();
    assertThat(story.job().state()).isEqualTo(JobRecord.State.DONE);
  }

  @Test
  void shouldLeaveWhatHasMovedWhenItIsCalledOff() {
    nodes(1);
    story.rebalance();
    story.doneOnce();
    assertThat(story.moving()).isNotEmpty();
    story.apply(new RcdCommand.RebalancePool(PoolStory.POOL, true)).orThrow();
    assertThat(story.moving()).isEmpty();
    story.finishAll();
    assertThat(story.membersOn(disk(4))).isEqualTo(1);
    assertThat(story.job().state()).isEqualTo(JobRecord.State.FAILED);
    assertThat(story.state.groups().values()).allMatch(GroupRecord::whole);
    RcdCommand again = new RcdCommand.RebalancePool(PoolStory.POOL, true);
    assertThat(story.apply(again).explanation()).allMatch(s -> s.startsWith("Nothing changes"));
    assertThat(story.state.unbalanced(story.pool())).as("by itself not again").isFalse();
    story.node(5);
    assertThat(story.state.unbalanced(story.pool())).as("until disks come").isTrue();
  }

  @Test
  void shouldBeUnbalancedOnlyBeyondTheThresholdAndUnlessItIsForbidden() {
    nodes(0);
    assertThat(story.state.unbalanced(story.pool())).isFalse();
    story.node(4);
    assertThat(story.state.unbalanced(story.pool())).isTrue();
    story.apply(new RcdCommand.AssignBalance(PoolStory.POOL, BalancePolicy.MANUAL)).orThrow();
    assertThat(story.state.unbalanced(story.pool())).isFalse();
    story.apply(new RcdCommand.AssignBalance(PoolStory.POOL, BalancePolicy.AUTOMATIC)).orThrow();
    story.rebalance();
    assertThat(story.state.unbalanced(story.pool())).as("it goes on").isFalse();
    story.finishAll();
    assertThat(story.state.unbalanced(story.pool())).isFalse();
    // A disk that is 7 % larger is due 7 % more: no reason to begin by itself.
    story.apply(new RcdCommand.MeasureDisk(disk(4), 107)).orThrow();
    assertThat(story.state.unbalanced(story.pool())).isFalse();
  }

  @Test
  void shouldKnowThePool() {
    UUID none = new UUID(5, 5);
    for (RcdCommand command :
        new RcdCommand[] {
          new RcdCommand.RebalancePool(none, false),
          new RcdCommand.AssignBalance(none, BalancePolicy.MANUAL)
        }) {
      AerieException refusal = story.apply(command).error().orElseThrow();
      assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_FOUND);
    }
  }

  @Test
  void shouldKeepASuccessorApartWhenNodesAreLocated() {
    nodes(1);
    story.rebalance();
    story.apply(new RcdCommand.SpreadPool(PoolStory.POOL, FailureDomain.RACK)).orThrow();
    GroupRecord moved = story.moving().get(0);
    UUID stays =
        moved.members().stream().filter(disk -> !moved.leaves(disk)).findFirst().orElseThrow();
    int node = (int) stays.getMostSignificantBits();
    story.apply(new RcdCommand.LocateNode(PoolStory.id(4), "r", "")).orThrow();
    AerieException refusal =
        story.apply(new RcdCommand.LocateNode(PoolStory.id(node), "r", "")).error().orElseThrow();
    assertThat(refusal.code()).isEqualTo(ErrorCode.PROTECTION_IMPOSSIBLE);
  }
}
