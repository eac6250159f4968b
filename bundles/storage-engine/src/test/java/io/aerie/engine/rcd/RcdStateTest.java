package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules by which members move, and what is refused: three nodes with a disk each. */
class RcdStateTest {
  private static final long GIB = 1L << 30;

  private final RcdState state = new RcdState();
  private final RcdState mirror = new RcdState();
  private long index;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    RcdState.Applied applied = state.apply(index, RcdCommands.encode(command));
    mirror.mirror(index, applied.changes());
    return RcdAnswer.decode(applied.answer());
  }

  private static NodeId node(int i) {
    return new NodeId("n" + i);
  }

  private static UUID disk(int i) {
    return new UUID(7, i);
  }

  private void join(int i, long incarnation) {
    apply(new RcdCommand.JoinNode(node(i), "here", incarnation, new UUID(i, incarnation)))
        .orThrow();
  }

  private RcdAnswer bring(int i, long incarnation, long generation) {
    return apply(new RcdCommand.BringDisk(disk(i), node(i), incarnation, "/d", GIB, generation));
  }

  /** Returns the suspicion. */
  private long suspect(int i, long incarnation, int... voters) {
    apply(new RcdCommand.Suspect(node(i), incarnation)).orThrow();
    long suspicion = index;
    for (int voter : voters) {
      apply(new RcdCommand.SuspectAcknowledged(node(voter), node(i), incarnation, suspicion, 5))
          .orThrow();
    }
    return suspicion;
  }

  private void expire(int i, long incarnation) {
    int[] voters = IntStream.rangeClosed(1, 3).filter(voter -> voter != i).toArray();
    long suspicion = suspect(i, incarnation, voters);
    apply(new RcdCommand.Expire(node(i), incarnation, suspicion)).orThrow();
  }

  private RcdAnswer volume(String name, long size, int copies) {
    return apply(
        new RcdCommand.CreateVolume(
            UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            name,
            size,
            "default",
            Redundancy.copies(copies),
            42));
  }

  private List<GroupRecord> groups(int copies) {
    return state.groupsOf(state.pool("default").orElseThrow().number(), Redundancy.copies(copies));
  }

  @BeforeEach
  void threeNodesWithAPool() {
    for (int i = 1; i <= 3; i++) {
      join(i, 1);
      apply(new RcdCommand.AddDisk(disk(i), node(i), 1, "/d", GIB, 1, "default")).orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "default")).orThrow();
  }

  private void finishAllReturns() {
    for (int guard = 0; guard < 1000; guard++) {
      boolean any = false;
      for (GroupRecord group : List.copyOf(state.groups().values())) {
        for (UUID disk : group.rebuilding()) {
          for (VolumeRecord v : List.copyOf(state.volumes().values())) {
            if (state.pending(group.number(), disk, v.number())) {
              apply(
                      new RcdCommand.ResynchronisationDone(
                          v.number(), v.epoch(), group.number(), group.epoch(), disk, 1))
                  .orThrow();
              any = true;
            }
          }
        }
      }
      if (!any) {
        return;
      }
    }
  }

  @Test
  void shouldMarkStaleAndGrantAnewWhenANodeExpires() {
    long number = volume("v", 1 << 20, 3).orThrow().number();
    VolumeRecord before = state.volume(number).orElseThrow();
    int dead = Integer.parseInt(before.owner().orElseThrow().value().substring(1));
    expire(dead, 1);
    VolumeRecord after = state.volume(number).orElseThrow();
    assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
    assertThat(after.owner()).isPresent().isNotEqualTo(before.owner());
    assertThat(groups(3))
        .isNotEmpty()
        .allMatch(g -> g.stale().containsKey(disk(dead)) && !g.frozen() && g.inSync().size() == 2);
  }

  @Test
  void shouldRefuseToExpireWithoutAMajorityOfVoters() {
    long suspicion = suspect(3, 1, 1);
    RcdAnswer answer = apply(new RcdCommand.Expire(node(3), 1, suspicion));
    assertThat(answer.error()).isPresent();
    assertThat(state.node(node(3)).orElseThrow().state()).isEqualTo(NodeState.SUSPECT);
  }

  @Test
  void shouldTrustAgainAndForgetWhatWasAcknowledged() {
    long first = suspect(3, 1, 1, 2);
    apply(new RcdCommand.Trust(node(3), 1, first)).orThrow();
    assertThat(state.node(node(3)).orElseThrow().state()).isEqualTo(NodeState.UP);
    long second = suspect(3, 1);
    assertThat(second).isGreaterThan(first);
    // What was said of the first suspicion comes late: the node may have had answers since.
    apply(new RcdCommand.SuspectAcknowledged(node(1), node(3), 1, first, 5)).orThrow();
    apply(new RcdCommand.SuspectAcknowledged(node(2), node(3), 1, second, 5)).orThrow();
    assertThat(state.node(node(3)).orElseThrow().acknowledgements()).containsOnlyKeys(node(2));
    apply(new RcdCommand.SuspectAcknowledged(node(1), node(3), 1, second, 5)).orThrow();
    apply(new RcdCommand.Expire(node(3), 1, first)).orThrow();
    apply(new RcdCommand.Trust(node(3), 1, first)).orThrow();
    assertThat(state.node(node(3)).orElseThrow().state()).isEqualTo(NodeState.SUSPECT);
    apply(new RcdCommand.Expire(node(3), 1, second)).orThrow();
    assertThat(state.node(node(3)).orElseThrow().state()).isEqualTo(NodeState.DOWN);
  }

  @Test
  void shouldFreezeBelowTheMinimumAndHealWhenEligibleMembersReturn() {
    long number = volume("v", 1 << 20, 3).orThrow().number();
    for (int i = 1; i <= 3; i++) {
      join(i, 2);
    }
    assertThat(groups(3))
        .allMatch(g -> g.frozen() && g.inSync().isEmpty() && g.eligible().size() == 2);
    long epoch = state.volume(number).orElseThrow().epoch();
    for (int i = 1; i <= 3; i++) {
      bring(i, 2, 2).orThrow();
    }
    assertThat(groups(3)).noneMatch(GroupRecord::frozen);
    assertThat(state.volume(number).orElseThrow().epoch()).isGreaterThan(epoch);
    finishAllReturns();
    assertThat(groups(3)).allMatch(g -> g.inSync().size() == 3);
    assertThat(state.jobs().get(disk(1)).state()).isEqualTo(JobRecord.State.DONE);
  }

  @Test
  void shouldRebuildOneGroupAtATimePerDisk() {
    volume("v", 1 << 20, 3).orThrow();
    join(2, 2);
    bring(2, 2, 2).orThrow();
    assertThat(groups(3).stream().filter(g -> g.rebuilding().contains(disk(2)))).hasSize(1);
    finishAllReturns();
    assertThat(groups(3)).allMatch(g -> g.inSync().size() == 3);
  }

  @Test
  void shouldWantAVolumeComparedAgainWhenItsOwnerChangedDuringTheReturn() {
    long number = volume("v", 1 << 20, 2).orThrow().number();
    join(3, 2);
    bring(3, 2, 2).orThrow();
    GroupRecord group =
        groups(2).stream().filter(g -> !g.rebuilding().isEmpty()).findFirst().orElseThrow();
    VolumeRecord volume = state.volume(number).orElseThrow();
    RcdAnswer late =
        apply(
            new RcdCommand.ResynchronisationDone(
                number, volume.epoch() - 1, group.number(), group.epoch(), disk(3), 0));
    assertThat(late.error()).isPresent();
    assertThat(state.pending(group.number(), disk(3), number)).isTrue();
  }

  @Test
  void shouldRefuseADiskOfThePast() {
    join(1, 2);
    bring(1, 2, 5).orThrow();
    join(1, 3);
    assertThat(bring(1, 3, 5).error()).isPresent();
    bring(1, 3, 6).orThrow();
  }

  @Test
  void shouldRefuseTwoLivesUnderOneNumber() {
    RcdAnswer other = apply(new RcdCommand.JoinNode(node(1), "here", 1, new UUID(0, 0)));
    assertThat(other.error().orElseThrow().code()).isEqualTo(ErrorCode.CONFLICT);
  }

  @Test
  void shouldRefuseWhatDoesNotFitAndChangeNothing() {
    assertThat(volume("big", 2 * GIB, 3).error().orElseThrow().code())
        .isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
    assertThat(volume("odd", 1000, 3).error().orElseThrow().code())
        .isEqualTo(ErrorCode.INVALID_SIZE);
    assertThat(volume("one", 4096, 4).error().orElseThrow().code())
        .isEqualTo(ErrorCode.INVALID_PROTECTION);
    assertThat(volume("a b", 4096, 2).error().orElseThrow().code())
        .isEqualTo(ErrorCode.INVALID_NAME);
    assertThat(state.volumes()).isEmpty();
    assertThat(state.groups()).isEmpty();
  }

  @Test
  void shouldRefuseToDeleteWhatIsOpenAndRememberWhatWasDeleted() {
    RcdAnswer made = volume("v", 4096, 2).orThrow();
    UUID id = state.volume("v").orElseThrow().id();
    long generation =
        apply(new RcdCommand.Attach(made.number(), node(1), 1, new UUID(3, 3), "test"))
            .orThrow()
            .number();
    assertThat(apply(new RcdCommand.DeleteVolume(id, -1)).error().orElseThrow().code())
        .isEqualTo(ErrorCode.IN_USE);
    apply(new RcdCommand.Detach(generation)).orThrow();
    apply(new RcdCommand.DeleteVolume(id, -1)).orThrow();
    assertThat(state.deletedVolumes()).containsExactly(made.number());
  }

  @Test
  void shouldEndAttachmentsWithTheirNode() {
    long number = volume("v", 4096, 2).orThrow().number();
    apply(new RcdCommand.Attach(number, node(3), 1, new UUID(3, 3), "test")).orThrow();
    expire(3, 1);
    assertThat(state.attachments()).isEmpty();
  }

  @Test
  void shouldBeTheSameAfterASnapshotAndInAMirror() throws IOException {
    volume("v", 1 << 20, 3).orThrow();
    volume("w", 1 << 20, 2).orThrow();
    join(2, 2);
    bring(2, 2, 2).orThrow();
    suspect(3, 1, 1);
    RcdState restored = new RcdState();
    restored.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(snapshot(state))));
    assertThat(snapshot(restored)).isEqualTo(snapshot(state));
    assertThat(snapshot(mirror)).isEqualTo(snapshot(state));
  }

  private static byte[] snapshot(RcdState of) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    of.writeSnapshot(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void shouldBalanceGroupsOverUnequalDisks() {
    List<DiskRecord> disks =
        List.of(
            new DiskRecord(disk(1), node(1), "/a", 4 * GIB, 1, "p", true, 100, 1),
            new DiskRecord(disk(2), node(2), "/b", 2 * GIB, 1, "p", true, 100, 1),
            new DiskRecord(disk(3), node(3), "/c", 2 * GIB, 1, "p", true, 100, 1));
    List<List<UUID>> groups =
        Placement.members(disks, new Topology(new TreeMap<>(), FailureDomain.NODE), 2, 64);
    assertThat(groups.stream().filter(g -> g.contains(disk(1)))).hasSizeGreaterThan(60);
    assertThat(groups).allMatch(g -> g.stream().distinct().count() == 2);
  }
}
