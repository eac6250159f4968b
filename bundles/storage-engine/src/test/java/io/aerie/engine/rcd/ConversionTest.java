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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What RCD keeps of changes of a volume's protection: four nodes with a disk of 16 GiB each. */
class ConversionTest {
  private static final long GIB = 1L << 30;
  private static final UUID ID = new UUID(4, 1);
  private static final Redundancy COPIES = Redundancy.copies(3);
  private static final Redundancy CODE = Redundancy.erasure(2, 1);

  private final RcdState state = new RcdState();
  private final RcdState mirror = new RcdState();
  private long index;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    assertThat(RcdCommands.decode(RcdCommands.encode(command))).isEqualTo(command);
    RcdState.Applied applied = state.apply(index, RcdCommands.encode(command));
    mirror.mirror(index, applied.changes());
    return RcdAnswer.decode(applied.answer());
  }

  private ErrorCode refusal(RcdCommand command) throws IOException {
    byte[] before = bytes(state);
    ErrorCode code = apply(command).error().orElseThrow().code();
    assertThat(bytes(state)).isEqualTo(before);
    return code;
  }

  private static byte[] bytes(RcdState of) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    of.writeSnapshot(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @BeforeEach
  void fourNodesWithAVolume() {
    for (int i = 1; i <= 4; i++) {
      NodeId node = new NodeId("n" + i);
      apply(new RcdCommand.JoinNode(node, "here", 1, new UUID(i, 1))).orThrow();
      apply(new RcdCommand.AddDisk(new UUID(7, i), node, 1, "/d", 16 * GIB, 1, "default"))
          .orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "default")).orThrow();
    apply(new RcdCommand.CreateVolume(ID, "v", GIB, "default", COPIES, 42)).orThrow();
  }

  @AfterEach
  void shouldBeTheSameAfterASnapshotOfTheStateAndInAMirror() throws IOException {
    RcdState restored = new RcdState();
    restored.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(bytes(state))));
    assertThat(bytes(restored)).isEqualTo(bytes(state));
    assertThat(bytes(mirror)).isEqualTo(bytes(state));
  }

  private VolumeRecord volume() {
    return state.volume("v").orElseThrow();
  }

  private RcdAnswer convert(Redundancy to, long former) {
    return apply(new RcdCommand.ConvertVolume(ID, to, new UUID(9, former), 5, -1));
  }

  private RcdAnswer drained() {
    VolumeRecord v = volume();
    return apply(new RcdCommand.Freeze(v.number(), v.epoch(), v.wanted(), v.live().number()));
  }

  private RcdAnswer done(long epochs) {
    VolumeRecord v = volume();
    return apply(new RcdCommand.ConversionDone(v.number(), v.epoch() - epochs, v.live().number()));
  }

  @Test
  void shouldGiveTheVolumesPlaceToAnotherUnderTheSameOwner() {
    VolumeRecord before = volume();
    NodeId client = new NodeId("n2");
    long attachment =
        apply(new RcdCommand.Attach(before.number(), client, 1, new UUID(3, 3), "c"))
            .orThrow()
            .number();
    convert(CODE, 1).orThrow();
    assertThat(volume().number()).isEqualTo(before.number());
    drained().orThrow();
    VolumeRecord after = volume();
    assertThat(after.number()).isNotEqualTo(before.number());
    assertThat(after.id()).isEqualTo(ID);
    assertThat(after.redundancy()).isEqualTo(CODE);
    assertThat(after.owner()).isEqualTo(before.owner());
    assertThat(after.ownerIncarnation()).isEqualTo(before.ownerIncarnation());
    assertThat(state.attachments().get(attachment).volume()).isEqualTo(after.number());
    assertThat(state.fills(after)).isTrue();
    assertThat(state.former(after).orElseThrow().number()).isEqualTo(before.number());
    // Who still knows the former volume's number gets the present one.
    long late =
        apply(new RcdCommand.Attach(before.number(), client, 1, new UUID(3, 4), "c"))
            .orThrow()
            .number();
    assertThat(state.attachments().get(late).volume()).isEqualTo(after.number());
    assertThat(done(0).error()).isEmpty();
    assertThat(volume().origin()).isZero();
    assertThat(state.volumes()).hasSize(1);
    assertThat(state.snapshots()).isEmpty();
    assertThat(state.deletedVolumes()).containsExactly(before.number());
  }

  @Test
  void shouldDoEachStepOnceAndOnlyForThePresentOwner() {
    convert(CODE, 1).orThrow();
    VolumeRecord wishing = volume();
    assertThat(convert(CODE, 1).error()).as("the same one again").isEmpty();
    RcdCommand freeze =
        new RcdCommand.Freeze(
            wishing.number(), wishing.epoch() - 1, wishing.wanted(), wishing.live().number());
    assertThat(apply(freeze).error().orElseThrow().code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    drained().orThrow();
    assertThat(convert(CODE, 1).error()).as("the same one later").isEmpty();
    assertThat(volume().wanted()).isZero();
    assertThat(done(1).error().orElseThrow().code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    done(0).orThrow();
    assertThat(done(0).error()).isEmpty();
    assertThat(convert(CODE, 2).error()).as("it has that protection").isEmpty();
    assertThat(volume().wanted()).isZero();
  }

  @Test
  void shouldRefuseWhatDoesNotGoTogether() throws IOException {
    UUID snapshot = new UUID(5, 5);
    apply(new RcdCommand.CreateSnapshot(snapshot, "s", ID)).orThrow();
    drained().orThrow();
    RcdCommand convert = new RcdCommand.ConvertVolume(ID, CODE, new UUID(9, 1), 5, -1);
    assertThat(refusal(convert)).isEqualTo(ErrorCode.IN_USE);
    apply(new RcdCommand.DeleteSnapshot(snapshot)).orThrow();
    apply(convert).orThrow();
    RcdCommand another = new RcdCommand.CreateSnapshot(new UUID(5, 6), "t", ID);
    assertThat(refusal(another)).isEqualTo(ErrorCode.CONFLICT);
    drained().orThrow();
    assertThat(refusal(another)).isEqualTo(ErrorCode.CONFLICT);
    assertThat(refusal(new RcdCommand.ResizeVolume(ID, GIB / 2, true, -1)))
        .isEqualTo(ErrorCode.CONFLICT);
    assertThat(refusal(new RcdCommand.CancelConversion(ID))).isEqualTo(ErrorCode.CONFLICT);
    assertThat(apply(new RcdCommand.ResizeVolume(ID, 2 * GIB, false, -1)).error()).isEmpty();
    convert(Redundancy.copies(2), 2).orThrow();
    drained().orThrow();
    assertThat(convert(COPIES, 3).error().orElseThrow().code()).isEqualTo(ErrorCode.CONFLICT);
    done(0).orThrow();
    assertThat(state.volumes()).as("both that were before it are gone").hasSize(1);
  }

  @Test
  void shouldGiveUpWhatThereIsNoRoomFor() {
    assertThat(convert(Redundancy.erasure(8, 2), 1).error().orElseThrow().code())
        .isEqualTo(ErrorCode.PROTECTION_IMPOSSIBLE);
    convert(CODE, 1).orThrow();
    apply(
            new RcdCommand.CreateVolume(
                new UUID(4, 2), "rest", state.availableBytes(pool(), COPIES), "default", COPIES, 1))
        .orThrow();
    drained().orThrow();
    assertThat(volume().redundancy()).isEqualTo(COPIES);
    assertThat(volume().wanted()).isZero();
    assertThat(state.snapshots()).isEmpty();
    assertThat(convert(CODE, 2).error().orElseThrow().code())
        .isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
  }

  private PoolRecord pool() {
    return state.pool("default").orElseThrow();
  }

  @Test
  void shouldBeCancelledBeforeItIsBegunAndGoWithTheVolume() {
    convert(CODE, 1).orThrow();
    apply(new RcdCommand.CancelConversion(ID)).orThrow();
    assertThat(volume().wanted()).isZero();
    assertThat(state.snapshots()).isEmpty();
    convert(CODE, 2).orThrow();
    apply(new RcdCommand.DeleteVolume(ID, -1)).orThrow();
    assertThat(state.volumes()).isEmpty();
    assertThat(state.snapshots()).isEmpty();
  }
}
