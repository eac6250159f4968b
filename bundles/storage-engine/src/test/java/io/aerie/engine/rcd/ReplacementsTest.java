package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which members get successors, in which order, and what becomes of them; in RCD alone. */
class ReplacementsTest {
  private static final int NODES = 5;
  private static final long GIB = 1L << 30;

  private final RcdState state = new RcdState();
  private final long[] incarnations = new long[NODES + 1];
  private long index;

  private void apply(RcdCommand command) {
    index++;
    RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer()).orThrow();
    assertOneResynchronisationOnADisk();
  }

  private static NodeId id(int node) {
    return new NodeId("n" + node);
  }

  private static UUID disk(int node) {
    return new UUID(node, 0);
  }

  private void join(int node) {
    incarnations[node]++;
    apply(new RcdCommand.JoinNode(id(node), "here", incarnations[node], new UUID(node, index)));
  }

  private void leave(int node) {
    apply(new RcdCommand.LeaveNode(id(node), incarnations[node]));
  }

  private void comeBack(int node) {
    join(node);
    long generation = incarnations[node];
    apply(new RcdCommand.BringDisk(disk(node), id(node), generation, "/d", 100 * GIB, generation));
  }

  private void assign(int node, DiskDuty duty) {
    apply(new RcdCommand.AssignDuty(List.of(disk(node)), duty));
  }

  private VolumeRecord volume(int copies, long number) {
    Redundancy redundancy = Redundancy.copies(copies);
    UUID id = new UUID(9, number);
    apply(new RcdCommand.CreateVolume(id, "v" + number, GIB, "p", redundancy, 7));
    return state.volumes().values().stream().filter(v -> v.id().equals(id)).findFirst().get();
  }

  @BeforeEach
  void begin() {
    for (int node = 1; node <= NODES; node++) {
      join(node);
      apply(new RcdCommand.AddDisk(disk(node), id(node), 1, "/d", 100 * GIB, 1, "p"));
    }
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "p"));
  }

  private void assertOneResynchronisationOnADisk() {
    SortedSet<UUID> targets = new TreeSet<>();
    for (GroupRecord group : state.groups().values()) {
      for (UUID target : group.rebuilding()) {
        assertThat(targets.add(target)).as("two resynchronisations on %s", target).isTrue();
      }
    }
  }

  private Optional<GroupRecord> rebuilding() {
    return state.groups().values().stream().filter(g -> !g.rebuilding().isEmpty()).findFirst();
  }

  /** One volume of one group is done for one disk. */
  private void doneOnce(GroupRecord group) {
    UUID target = group.rebuilding().first();
    VolumeRecord volume =
        state.volumes().values().stream()
            .filter(v -> group.serves(v) && state.pending(group.number(), target, v.number()))
            .findFirst()
            .orElseThrow();
    apply(
        new RcdCommand.ResynchronisationDone(
            volume.number(), volume.epoch(), group.number(), group.epoch(), target, 5));
  }

  private void finishAll() {
    for (Optional<GroupRecord> next = rebuilding(); next.isPresent(); next = rebuilding()) {
      doneOnce(next.get());
    }
  }

  private List<GroupRecord> moving() {
    return state.groups().values().stream().filter(g -> g.replacement().isPresent()).toList();
  }

  private boolean has(int node) {
    return state.groups().values().stream().anyMatch(g -> g.disks().contains(disk(node)));
  }

  private JobRecord job(int node) {
    return state.jobs().get(disk(node));
  }

  @Test
  void shouldBeginWithTheLeastProtectedGroups() {
    volume(3, 1);
    leave(5);
    assign(1, DiskDuty.DRAINING);
    List<GroupRecord> weak =
        state.groups().values().stream()
            .filter(g -> g.inSync().contains(disk(1)) && g.stale().containsKey(disk(5)))
            .toList();
    assertThat(weak.get(0).replacement()).isPresent();
    assertThat(moving()).hasSizeGreaterThan(1);
    assertThat(weak).containsAll(moving());
  }

  @Test
  void shouldBringOneGroupAtATimeToADiskAndTellHowFarItIs() {
    volume(3, 1);
    volume(2, 2);
    leave(5);
    assign(5, DiskDuty.ABSENT);
    assign(4, DiskDuty.DRAINING);
    int total = job(5).groupsTotal();
    assertThat(total).isGreaterThan(1);
    for (int done = 1; job(5).groupsDone() < total; done++) {
      assertThat(job(5).state()).isEqualTo(JobRecord.State.RUNNING);
      doneOnce(rebuilding().orElseThrow());
      assertThat(job(5).groupsDone() + job(4).groupsDone()).isEqualTo(done);
      assertThat(job(5).copiedBytes()).isEqualTo(5L * job(5).groupsDone());
    }
    finishAll();
    assertThat(job(5).state()).isEqualTo(JobRecord.State.DONE);
    assertThat(job(4).state()).isEqualTo(JobRecord.State.DONE);
    assertThat(has(5) || has(4)).isFalse();
    assertThat(state.groups().values()).allMatch(GroupRecord::whole);
  }

  @Test
  void shouldGiveUpWhatIsToServeAgain() {
    volume(3, 1);
    assign(1, DiskDuty.DRAINING);
    doneOnce(moving().get(0));
    assertThat(moving()).isNotEmpty();
    assign(1, DiskDuty.SERVING);
    assertThat(moving()).isEmpty();
    assertThat(rebuilding()).isEmpty();
    assertThat(state.groups().values()).allMatch(GroupRecord::whole);
    assertThat(job(1).state()).isEqualTo(JobRecord.State.FAILED);
    assertThat(has(1)).isTrue();
  }

  @Test
  void shouldGoOnEmptyingADiskThatCameBackMeanwhile() {
    volume(3, 1);
    assign(1, DiskDuty.DRAINING);
    doneOnce(moving().get(0));
    leave(1);
    comeBack(1);
    finishAll();
    assertThat(has(1)).isFalse();
    assertThat(job(1).kind()).isEqualTo(JobRecord.Kind.REPLACEMENT);
    assertThat(job(1).state()).isEqualTo(JobRecord.State.DONE);
    assertThat(job(1).groupsDone()).isEqualTo(job(1).groupsTotal());
  }

  @Test
  void shouldLetADiskThatCameBackServeAgain() {
    volume(3, 1);
    leave(5);
    assign(5, DiskDuty.ABSENT);
    doneOnce(moving().get(0));
    comeBack(5);
    assertThat(state.disks().get(disk(5)).duty()).isEqualTo(DiskDuty.SERVING);
    assertThat(job(5).kind()).isEqualTo(JobRecord.Kind.RESYNCHRONISATION);
    finishAll();
    assertThat(job(5).groupsDone()).isEqualTo(job(5).groupsTotal()).isPositive();
    assertThat(job(5).state()).isEqualTo(JobRecord.State.DONE);
    assertThat(moving()).isEmpty();
    assertThat(state.groups().values()).allMatch(GroupRecord::whole);
  }

  @Test
  void shouldFindRoomOnDisksThatHadTheGroupBefore() {
    // As much as fits on a disk that has all groups, so that counting one twice is too much.
    apply(new RcdCommand.CreateVolume(new UUID(9, 1), "v", 99 * GIB, "p", Redundancy.copies(3), 7));
    for (int round = 0; round < 3; round++) {
      for (int node = 1; node <= NODES; node++) {
        assign(node, DiskDuty.DRAINING);
        finishAll();
        assertThat(has(node)).isFalse();
        assign(node, DiskDuty.SERVING);
      }
    }
  }

  @Test
  void shouldForgetWhatADiskLeftOnlyAsItWasWhenItWasDeleted() {
    volume(3, 1);
    assign(1, DiskDuty.DRAINING);
    GroupRecord moved = moving().get(0);
    UUID to = moved.replacement().orElseThrow().to();
    assign(1, DiskDuty.SERVING);
    GroupRecord left = state.groups().get(moved.number());
    assertThat(left.former()).containsExactly(to);
    long share = state.tables().index().share(to).groups().get(left.redundancy());
    assertEmptiedRefused(to, 1, left.number(), moved.epoch());
    assertEmptiedRefused(to, 2, left.number(), left.epoch());
    assertThat(state.leftBy(to)).contains(left.number());
    apply(new RcdCommand.GroupEmptied(to, 1, left.number(), left.epoch()));
    assertThat(state.leftBy(to)).doesNotContain(left.number());
    assertThat(state.groups().get(left.number()).epoch()).isEqualTo(left.epoch());
    assertThat((long) state.tables().index().share(to).groups().getOrDefault(left.redundancy(), 0))
        .isEqualTo(share - 1);
    apply(new RcdCommand.GroupEmptied(to, 1, left.number(), left.epoch()));
  }

  private void assertEmptiedRefused(UUID disk, long generation, long group, long epoch) {
    RcdCommand command = new RcdCommand.GroupEmptied(disk, generation, group, epoch);
    assertThatThrownBy(() -> apply(command))
        .isInstanceOfSatisfying(
            AerieException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED));
  }

  /** Moves other groups on until this one has its turn. */
  private UUID untilMoving(long group) {
    while (state.groups().get(group).replacement().isEmpty()) {
      doneOnce(moving().get(0));
    }
    return state.groups().get(group).replacement().get().to();
  }

  @Test
  void shouldServeWithASuccessorThatHasAllThatIsLeft() {
    VolumeRecord kept = volume(2, 1);
    volume(2, 2);
    NodeId owner = kept.owner().orElseThrow();
    GroupRecord group =
        state.groups().values().stream()
            .filter(g -> g.members().stream().noneMatch(d -> onNode(d, owner)))
            .findFirst()
            .orElseThrow();
    UUID from = group.members().get(0);
    UUID stays = group.members().get(1);
    leave((int) from.getMostSignificantBits());
    apply(new RcdCommand.AssignDuty(List.of(from), DiskDuty.ABSENT));
    UUID successor = untilMoving(group.number());
    doneOnce(state.groups().get(group.number()));
    assertThat(state.pending(group.number(), successor, kept.number())).isFalse();
    leave((int) stays.getMostSignificantBits());
    GroupRecord frozen = state.groups().get(group.number());
    assertThat(frozen.frozen()).isTrue();
    assertThat(frozen.eligible()).containsExactly(stays);
    apply(new RcdCommand.DeleteVolume(new UUID(9, 2), -1));
    GroupRecord served = state.groups().get(group.number());
    assertThat(served.frozen()).isFalse();
    assertThat(served.inSync()).containsExactly(successor);
    assertThat(served.eligible()).isEmpty();
    assertThat(served.stale()).containsOnlyKeys(stays);
  }

  private boolean onNode(UUID disk, NodeId node) {
    return state.disks().get(disk).node().equals(node);
  }

  private void assertRefused(ErrorCode code, int node, DiskDuty duty) {
    assertThatThrownBy(() -> assign(node, duty))
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldRemoveOnlyDisksThatAreEmptyAndNotToServe() {
    volume(3, 1);
    PoolRecord pool = state.pool("p").orElseThrow();
    assertRefused(ErrorCode.PRECONDITION_FAILED, 1, DiskDuty.REMOVED);
    assign(1, DiskDuty.DRAINING);
    assertRefused(ErrorCode.IN_USE, 1, DiskDuty.REMOVED);
    assertThat(state.disks().get(disk(1)).duty()).isEqualTo(DiskDuty.DRAINING);
    finishAll();
    assertThat(state.groups().values()).anyMatch(g -> g.former().contains(disk(1)));
    List<Long> epochs = state.groups().values().stream().map(GroupRecord::epoch).toList();
    assign(1, DiskDuty.REMOVED);
    assertThat(state.groups().values()).noneMatch(g -> g.former().contains(disk(1)));
    assertThat(state.groups().values().stream().map(GroupRecord::epoch)).isEqualTo(epochs);
    assertThat(state.disks().get(disk(1)).up()).isFalse();
    assertThat(state.capacityBytes(pool)).isEqualTo(4 * 100 * GIB);
    long index = state.index();
    assign(1, DiskDuty.REMOVED);
    assertThat(state.disks().get(disk(1)).revision())
        .as("twice is once")
        .isLessThanOrEqualTo(index);
  }

  @Test
  void shouldKnowNothingButTheIdOfWhatWasRemoved() {
    volume(3, 1);
    leave(5);
    assign(5, DiskDuty.ABSENT);
    finishAll();
    assign(5, DiskDuty.REMOVED);
    assertThatThrownBy(() -> comeBack(5))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    assertRefused(ErrorCode.NOT_FOUND, 5, DiskDuty.SERVING);
    UUID id = disk(5);
    RcdCommand late = new RcdCommand.AddDisk(id, id(5), incarnations[5], "/d", 100 * GIB, 1, "p");
    apply(late);
    assertThat(state.disks().get(id).removed()).as("a late copy of the first command").isTrue();
    volume(2, 2);
    assertThat(has(5)).isFalse();
    UUID again = new UUID(5, 1);
    apply(new RcdCommand.AddDisk(again, id(5), incarnations[5], "/d", 100 * GIB, 1, "p"));
    assertThat(state.disks().get(again).takesMembers()).isTrue();
  }

  @Test
  void shouldTellWhereMembersAreToGo() {
    volume(3, 1);
    long members =
        state.groups().values().stream().filter(g -> g.members().contains(disk(1))).count();
    index++;
    RcdCommand drain = new RcdCommand.AssignDuty(List.of(disk(1)), DiskDuty.DRAINING);
    RcdAnswer answer = RcdAnswer.decode(state.apply(index, RcdCommands.encode(drain)).answer());
    long told = 0;
    for (String sentence : answer.explanation()) {
      assertThat(sentence).contains("of n");
      told += Long.parseLong(sentence.replaceAll(".* is to get (\\d+) groups?\\.", "$1"));
    }
    assertThat(told).isEqualTo(members).isPositive();
    assertThat(answer.explanation()).as("not all to one").hasSizeGreaterThan(1);
  }

  @Test
  void shouldMoveNothingOfAFrozenGroup() {
    volume(3, 1);
    leave(5);
    leave(4);
    assign(5, DiskDuty.ABSENT);
    List<GroupRecord> frozen =
        state.groups().values().stream().filter(GroupRecord::frozen).toList();
    assertThat(frozen).isNotEmpty().allMatch(g -> g.members().contains(disk(5)));
    assertThat(frozen).allMatch(g -> g.replacement().isEmpty());
    comeBack(4);
    finishAll();
    assertThat(has(5)).isFalse();
  }
}
