package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.AcceptStale;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a stale copy may be taken, and what is believed from then on; in RCD alone. */
class RecoveryRulesTest {
  private static final int NODES = 4;
  private static final long GIB = 1L << 30;

  private final RcdState state = new RcdState();
  private final long[] incarnations = new long[NODES + 1];
  private long index;

  private void apply(RcdCommand command) {
    index++;
    RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer()).orThrow();
  }

  private static NodeId id(int node) {
    return new NodeId("n" + node);
  }

  private static UUID disk(int node) {
    return new UUID(node, 0);
  }

  private static int node(UUID disk) {
    return (int) disk.getMostSignificantBits();
  }

  private void join(int node) {
    incarnations[node]++;
    apply(new RcdCommand.JoinNode(id(node), "here", incarnations[node], new UUID(node, index)));
  }

  private void leave(UUID disk) {
    int node = node(disk);
    apply(new RcdCommand.LeaveNode(id(node), incarnations[node]));
  }

  private void comeBack(UUID disk) {
    int node = node(disk);
    join(node);
    long generation = incarnations[node];
    apply(new RcdCommand.BringDisk(disk, id(node), generation, "/d", 100 * GIB, generation));
  }

  private void giveUp(UUID disk) {
    apply(new RcdCommand.AssignDuty(List.of(disk), DiskDuty.ABSENT));
  }

  private GroupRecord group(Redundancy redundancy) {
    UUID id = new UUID(9, redundancy.memberCount());
    apply(new RcdCommand.CreateVolume(id, "v", GIB, "p", redundancy, 7));
    return state.groups().values().iterator().next();
  }

  private GroupRecord now(GroupRecord group) {
    return state.groups().get(group.number());
  }

  private void accept(GroupRecord group, long epoch, UUID disk) {
    TreeMap<Long, AcceptStale.Copy> copies = new TreeMap<>();
    copies.put(group.number(), new AcceptStale.Copy(epoch, disk));
    apply(new AcceptStale(copies));
  }

  private void accept(GroupRecord group, UUID disk) {
    accept(group, now(group).epoch(), disk);
  }

  private void assertRefused(ErrorCode code, ThrowingCallable command) {
    List<GroupRecord> before = List.copyOf(state.groups().values());
    assertThatThrownBy(command)
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(state.groups().values()).containsExactlyElementsOf(before);
  }

  @BeforeEach
  void begin() {
    for (int node = 1; node <= NODES; node++) {
      join(node);
      apply(new RcdCommand.AddDisk(disk(node), id(node), 1, "/d", 100 * GIB, 1, "p"));
    }
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "p"));
  }

  @Test
  void shouldTakeAStaleCopyUnderANewEpochAndBelieveNobodyElse() {
    GroupRecord group = group(Redundancy.copies(2));
    UUID stale = group.members().get(0);
    UUID lost = group.members().get(1);
    leave(stale);
    leave(lost);
    comeBack(stale);
    giveUp(lost);
    GroupRecord before = now(group);
    assertThat(before.unreadable()).isTrue();
    assertThat(before.incomplete()).containsExactly(stale);
    long volumeEpoch = state.volume("v").orElseThrow().epoch();

    accept(group, stale);

    GroupRecord after = now(group);
    assertThat(after.inSync()).containsExactly(stale);
    assertThat(after.frozen()).isFalse();
    assertThat(after.eligible()).isEmpty();
    assertThat(after.stale()).containsKey(lost);
    assertThat(after.epoch()).isGreaterThan(before.epoch());
    assertThat(state.volume("v").orElseThrow().epoch()).isGreaterThan(volumeEpoch);
    assertThat(after.replacement()).as("another takes the lost one's place").isPresent();
    long epoch = after.epoch();
    accept(group, before.epoch(), stale);
    assertThat(now(group).epoch()).as("told again").isEqualTo(epoch);
    comeBack(lost);
    assertThat(now(group).inSync()).containsExactly(stale);
  }

  @Test
  void shouldWaitForWhoeverMayComeBack() {
    GroupRecord group = group(Redundancy.copies(2));
    UUID stale = group.members().get(0);
    UUID complete = group.members().get(1);
    leave(stale);
    comeBack(stale);
    assertThat(now(group).inSync()).containsExactly(complete);
    assertRefused(ErrorCode.MEMBER_MAY_RETURN, () -> accept(group, stale));
    assertThat(state.refusalToAccept(now(group), stale).orElseThrow().why())
        .contains(complete + " of node n" + node(complete));
    leave(complete);
    assertRefused(ErrorCode.MEMBER_MAY_RETURN, () -> accept(group, stale));
    long epoch = now(group).epoch();
    giveUp(complete);
    comeBack(complete);
    assertRefused(ErrorCode.PRECONDITION_FAILED, () -> accept(group, epoch, stale));
    assertRefused(ErrorCode.MEMBER_MAY_RETURN, () -> accept(group, stale));
  }

  /**
   * Some of its blocks are newer than others: it is there to be taken, but nobody tells its age.
   */
  @Test
  void shouldNotTellSinceWhenACopyIsStaleThatWasBeingRebuilt() {
    GroupRecord group = group(Redundancy.copies(2));
    UUID stale = group.members().get(0);
    UUID lost = group.members().get(1);
    leave(stale);
    long since = now(group).stale().get(stale);
    assertThat(since).isEqualTo(now(group).epoch());
    comeBack(stale);
    assertThat(now(group).rebuilding()).containsExactly(stale);
    leave(stale);
    assertThat(now(group).stale()).containsEntry(stale, GroupRecord.SINCE_UNKNOWN);
    leave(lost);
    comeBack(stale);
    giveUp(lost);
    accept(group, stale);
    assertThat(now(group).inSync()).containsExactly(stale);
  }

  @Test
  void shouldRefuseWhereNothingIsLeft() {
    GroupRecord group = group(Redundancy.copies(2));
    UUID stale = group.members().get(0);
    UUID lost = group.members().get(1);
    leave(stale);
    leave(lost);
    giveUp(lost);
    assertRefused(ErrorCode.NOT_RECOVERABLE, () -> accept(group, stale));
    UUID stranger =
        state.disks().keySet().stream().filter(d -> !group.members().contains(d)).findFirst().get();
    assertRefused(ErrorCode.NOT_RECOVERABLE, () -> accept(group, stranger));
    assertRefused(ErrorCode.NOT_RECOVERABLE, () -> accept(group, lost));
  }

  @Test
  void shouldRefuseFragments() {
    GroupRecord group = group(Redundancy.erasure(2, 1));
    UUID stale = group.members().get(0);
    leave(stale);
    leave(group.members().get(1));
    comeBack(stale);
    giveUp(group.members().get(1));
    assertThat(now(group).unreadable()).isTrue();
    assertRefused(ErrorCode.NOT_RECOVERABLE, () -> accept(group, stale));
  }

  /** What was filled is lost, and what it was made of is still there. */
  @Test
  void shouldFillFromTheFirstPlaceWhatWasBeingConverted() {
    GroupRecord other = group(Redundancy.copies(3));
    VolumeRecord volume = state.volume("v").orElseThrow();
    Redundancy two = Redundancy.copies(2);
    apply(new RcdCommand.ConvertVolume(volume.id(), two, new UUID(7, 7), 3, -1));
    volume = state.volume("v").orElseThrow();
    apply(
        new RcdCommand.Freeze(
            volume.number(), volume.epoch(), volume.wanted(), volume.live().number()));
    VolumeRecord filled = state.volume("v").orElseThrow();
    assertThat(filled.redundancy()).isEqualTo(two);
    apply(new RcdCommand.ConversionFilled(filled.number(), filled.epoch(), 5));
    GroupRecord group =
        state.groups().values().stream().filter(g -> g.redundancy().equals(two)).findFirst().get();
    assertThat(group.number()).isNotEqualTo(other.number());
    UUID stale = group.members().get(0);
    UUID lost = group.members().get(1);
    leave(stale);
    leave(lost);
    comeBack(stale);
    giveUp(lost);
    assertThat(state.volume("v").orElseThrow().conversion().filledPlaces()).isEqualTo(5);
    accept(group, stale);
    assertThat(state.volume("v").orElseThrow().conversion().filledPlaces()).isZero();
  }

  /** One copy of three tells what is, and others are made of it: then it is written to again. */
  @Test
  void shouldFillSuccessorsOfThreeCopiesFromTheOneThatWasTaken() {
    GroupRecord group = group(Redundancy.copies(3));
    UUID stale = group.members().get(0);
    leave(stale);
    leave(group.members().get(1));
    leave(group.members().get(2));
    comeBack(stale);
    giveUp(group.members().get(1));
    giveUp(group.members().get(2));
    accept(group, stale);
    GroupRecord after = now(group);
    assertThat(after.inSync()).containsExactly(stale);
    assertThat(after.alone()).isTrue();
    assertThat(after.replacement()).isPresent();
    VolumeRecord volume = state.volume("v").orElseThrow();
    apply(
        new RcdCommand.ResynchronisationDone(
            volume.number(),
            volume.epoch(),
            after.number(),
            after.epoch(),
            after.replacement().get().to(),
            0));
    assertThat(now(group).frozen()).isFalse();
    assertThat(now(group).inSync()).hasSize(2);
  }
}
