package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that leave for good: four nodes, the first three with a disk. */
class DepartureRulesTest {
  private static final long GIB = 1L << 30;
  private static final NodeId N4 = new NodeId("n4");

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

  private static RcdCommand join(NodeId node, long incarnation) {
    return new RcdCommand.JoinNode(node, "here", incarnation, new UUID(9, incarnation));
  }

  private RcdAnswer addDisk(int i) {
    return apply(new RcdCommand.AddDisk(new UUID(7, i), node(i), 1, "/d", 10 * GIB, 1, "default"));
  }

  private long volume(String name) {
    return apply(
            new RcdCommand.CreateVolume(
                new UUID(3, name.hashCode()), name, GIB, "default", Redundancy.copies(3), 42))
        .orThrow()
        .number();
  }

  private static void assertRefused(RcdAnswer answer, ErrorCode code) {
    assertThat(answer.error().orElseThrow().code()).isEqualTo(code);
  }

  private NodeRecord record(int i) {
    return state.node(node(i)).orElseThrow();
  }

  @BeforeEach
  void fourNodesThreeDisks() {
    for (int i = 1; i <= 4; i++) {
      apply(join(node(i), 1)).orThrow();
    }
    for (int i = 1; i <= 3; i++) {
      addDisk(i).orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "default")).orThrow();
  }

  private void retire() {
    apply(new RcdCommand.RetireNode(N4, 1)).orThrow();
  }

  private void leave() {
    retire();
    apply(new RcdCommand.LeaveNode(N4, 1)).orThrow();
  }

  private RcdAnswer endVote() {
    return apply(new RcdCommand.EndVote(N4, 1));
  }

  private RcdAnswer forget() {
    return apply(new RcdCommand.ForgetNode(N4, 1));
  }

  @Test
  void shouldRefuseToRetireANodeWithDisksAndNameThem() {
    RcdAnswer answer = apply(new RcdCommand.RetireNode(node(1), 1));
    assertRefused(answer, ErrorCode.IN_USE);
    assertThat(answer.error().get().describe()).contains(new UUID(7, 1).toString());
    assertThat(record(1).leaving()).isFalse();
  }

  @Test
  void shouldRefuseWhoIsNoNodeAndAnotherLife() {
    assertRefused(apply(new RcdCommand.RetireNode(node(9), 1)), ErrorCode.NOT_FOUND);
    assertRefused(apply(new RcdCommand.RetireNode(N4, 2)), ErrorCode.PRECONDITION_FAILED);
    assertThat(record(4).leaving()).isFalse();
  }

  @Test
  void shouldRefuseToRetireTheOnlyNode() {
    RcdState alone = new RcdState();
    alone.apply(1, RcdCommands.encode(join(N4, 1)));
    byte[] answer = alone.apply(2, RcdCommands.encode(new RcdCommand.RetireNode(N4, 1))).answer();
    assertRefused(RcdAnswer.decode(answer), ErrorCode.PRECONDITION_FAILED);
  }

  @Test
  void shouldGiveNothingToANodeThatIsToLeave() {
    retire();
    long number = volume("v");
    assertRefused(addDisk(4), ErrorCode.FENCED);
    assertRefused(
        apply(new RcdCommand.Attach(number, N4, 1, new UUID(1, 2), "c")), ErrorCode.FENCED);
    assertRefused(apply(join(N4, 2)), ErrorCode.PRECONDITION_FAILED);
    // without disks that are up any node that is up would do
    for (int i = 1; i <= 3; i++) {
      apply(new RcdCommand.LeaveNode(node(i), 1)).orThrow();
    }
    assertThat(state.volume(number).orElseThrow().owner()).isEmpty();
  }

  @Test
  void shouldForgetOnlyWhoWasToLeaveAndIsGone() {
    assertRefused(forget(), ErrorCode.PRECONDITION_FAILED);
    retire();
    assertRefused(forget(), ErrorCode.PRECONDITION_FAILED);
    apply(new RcdCommand.LeaveNode(N4, 1)).orThrow();
    assertRefused(forget(), ErrorCode.PRECONDITION_FAILED);
    endVote().orThrow();
    assertThat(state.nodes()).containsKey(N4);
    forget().orThrow();
    assertThat(state.nodes()).doesNotContainKey(N4);
    assertThat(mirror.nodes()).isEqualTo(state.nodes());
    assertThat(mirror.lastIncarnation(N4)).isEqualTo(1);
    assertThat(state.isFormer(N4)).isTrue();
    forget().orThrow();
  }

  @Test
  void shouldLetANewNodeTakeTheNameAndGoOnCounting() throws IOException {
    leave();
    endVote().orThrow();
    forget().orThrow();
    RcdState restored = restored();
    assertThat(restored.isFormer(N4)).isTrue();
    assertRefused(apply(join(N4, 1)), ErrorCode.CONFLICT);
    apply(join(N4, 2)).orThrow();
    assertThat(state.isFormer(N4)).isFalse();
    assertThat(record(4).leaving()).isFalse();
    // repetitions of what was meant for the former one
    assertRefused(apply(new RcdCommand.RetireNode(N4, 1)), ErrorCode.PRECONDITION_FAILED);
    assertRefused(forget(), ErrorCode.PRECONDITION_FAILED);
  }

  private RcdState restored() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.writeSnapshot(new DataOutputStream(bytes));
    RcdState restored = new RcdState();
    restored.readSnapshot(
        index, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    return restored;
  }

  /** With four, two are no majority; with three they are, and must be two of the three. */
  @Test
  void shouldCountNoAccusationOfARemovedNode() {
    apply(new RcdCommand.Suspect(node(1), 1)).orThrow();
    long suspicion = index;
    accuse(2, suspicion);
    accuse(4, suspicion);
    leave();
    endVote().orThrow();
    assertThat(record(1).acknowledgements()).containsOnlyKeys(node(2));
    assertRefused(
        apply(new RcdCommand.Expire(node(1), 1, suspicion)), ErrorCode.PRECONDITION_FAILED);
    accuse(4, suspicion);
    assertThat(record(1).acknowledgements()).containsOnlyKeys(node(2));
    accuse(3, suspicion);
    apply(new RcdCommand.Expire(node(1), 1, suspicion)).orThrow();
    assertThat(record(1).state()).isEqualTo(NodeState.DOWN);
  }

  @Test
  void shouldEndTheVoteOnlyOfWhoIsToLeaveAndIsOver() throws IOException {
    assertRefused(endVote(), ErrorCode.PRECONDITION_FAILED);
    retire();
    assertRefused(endVote(), ErrorCode.PRECONDITION_FAILED);
    apply(new RcdCommand.LeaveNode(N4, 1)).orThrow();
    assertThat(state.voters()).contains(N4);
    endVote().orThrow();
    endVote().orThrow();
    assertThat(state.voters()).containsExactly(node(1), node(2), node(3));
    assertThat(mirror.voters()).isEqualTo(state.voters());
    assertThat(restored().voters()).isEqualTo(state.voters());
    assertRefused(apply(join(N4, 2)), ErrorCode.PRECONDITION_FAILED);
  }

  /** An owner that lags behind both would count the first one's answers if it doesn't know. */
  @Test
  void shouldEndNoVoteWhileAnotherSilencedNodeMayStillRun() {
    apply(join(node(5), 1)).orThrow();
    apply(new RcdCommand.RetireNode(node(5), 1)).orThrow();
    apply(new RcdCommand.LeaveNode(node(5), 1)).orThrow();
    leave();
    apply(new RcdCommand.EndVote(node(5), 1)).orThrow();
    RcdAnswer answer = endVote();
    assertRefused(answer, ErrorCode.PRECONDITION_FAILED);
    assertThat(answer.error().get().describe()).contains("n5");
    apply(join(node(6), 1)).orThrow();
    assertRefused(apply(new RcdCommand.RetireNode(node(6), 1)), ErrorCode.PRECONDITION_FAILED);
    assertThat(record(6).leaving()).isFalse();
    apply(new RcdCommand.ForgetNode(node(5), 1)).orThrow();
    endVote().orThrow();
    assertThat(state.voters()).hasSize(4);
  }

  private void accuse(int voter, long suspicion) {
    apply(new RcdCommand.SuspectAcknowledged(node(voter), node(1), 1, suspicion, 5)).orThrow();
  }
}
