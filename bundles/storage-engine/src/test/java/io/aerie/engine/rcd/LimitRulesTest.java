package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
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

/** What a volume's limits may be, and what changes them. */
class LimitRulesTest {
  private static final UUID ID = new UUID(4, 1);
  private static final long KEEP = VolumeLimits.KEEP;

  private final RcdState state = new RcdState();
  private long index;
  private long volume;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    return RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer());
  }

  @BeforeEach
  void makeVolume() {
    for (int i = 1; i <= 2; i++) {
      NodeId node = new NodeId("n" + i);
      apply(new RcdCommand.JoinNode(node, "here", 1, new UUID(i, 1))).orThrow();
      apply(new RcdCommand.AddDisk(new UUID(7, i), node, 1, "/d", 1L << 30, 1, "p")).orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(3, 1), "p")).orThrow();
    volume =
        apply(new RcdCommand.CreateVolume(ID, "v", 1 << 22, "p", Redundancy.copies(2), 1))
            .orThrow()
            .number();
  }

  private RcdAnswer limit(VolumeLimits change, long revision) {
    return apply(new RcdCommand.LimitVolume(ID, change, revision));
  }

  private VolumeRecord record() {
    return state.volume(volume).orElseThrow();
  }

  private static void assertRefused(RcdAnswer answer, ErrorCode code) {
    assertThatThrownBy(answer::orThrow)
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldChangeWhatIsNamed() {
    assertThat(record().limits()).isEqualTo(VolumeLimits.NONE);
    VolumeRecord before = record();
    limit(new VolumeLimits(KEEP, 200, KEEP, 1 << 20), -1).orThrow();
    assertThat(record())
        .isEqualTo(before.limited(new VolumeLimits(0, 200, 0, 1 << 20), index))
        .as("the owner's epoch stays")
        .matches(now -> now.epoch() == before.epoch());
    limit(new VolumeLimits(100, 0, KEEP, KEEP), record().revision()).orThrow();
    assertThat(record().limits()).isEqualTo(new VolumeLimits(100, 0, 0, 1 << 20));
    limit(VolumeLimits.NONE, -1).orThrow();
    assertThat(record().limits()).isEqualTo(VolumeLimits.NONE);
  }

  @Test
  void shouldDoARepeatedCommandOnce() {
    long revision = record().revision();
    limit(new VolumeLimits(5, 5, 4096, 4096), revision).orThrow();
    VolumeRecord limited = record();
    limit(new VolumeLimits(5, 5, 4096, 4096), revision).orThrow();
    assertThat(record()).isEqualTo(limited);
    assertRefused(limit(VolumeLimits.NONE, revision), ErrorCode.PRECONDITION_FAILED);
    assertThat(record()).isEqualTo(limited);
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    VolumeRecord before = record();
    for (VolumeLimits wrong :
        new VolumeLimits[] {
          new VolumeLimits(-2, 0, 0, 0),
          new VolumeLimits(0, LimitRules.LIMIT_MAX + 1, 0, 0),
          new VolumeLimits(0, 0, 4095, 0),
          new VolumeLimits(10, 10, 10_000, Long.MAX_VALUE)
        }) {
      assertRefused(limit(wrong, -1), ErrorCode.INVALID_VALUE);
    }
    assertRefused(
        apply(new RcdCommand.LimitVolume(new UUID(1, 99), VolumeLimits.NONE, -1)),
        ErrorCode.NOT_FOUND);
    assertThat(record()).isEqualTo(before);
  }

  @Test
  void shouldStayWithTheVolumeAndNotWithItsClones() throws IOException {
    VolumeLimits limits = new VolumeLimits(1, 2, 5000, 6000);
    limit(limits, -1).orThrow();
    apply(new RcdCommand.CreateSnapshot(new UUID(5, 1), "s", ID)).orThrow();
    VolumeRecord asked = record();
    apply(new RcdCommand.Freeze(volume, asked.epoch(), asked.wanted(), asked.live().number()))
        .orThrow();
    apply(new RcdCommand.ResizeVolume(ID, 1 << 23, false, -1)).orThrow();
    assertThat(record().limits()).isEqualTo(limits);
    apply(
            new RcdCommand.CloneSnapshot(
                new UUID(4, 2), "c", new UUID(5, 1), record().redundancy(), 9))
        .orThrow();
    assertThat(state.volume("c").orElseThrow().limits()).isEqualTo(VolumeLimits.NONE);
    apply(new RcdCommand.LeaveNode(record().owner().orElseThrow(), 1)).orThrow();
    assertThat(record().limits()).as("under another owner").isEqualTo(limits);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.writeSnapshot(new DataOutputStream(bytes));
    RcdState copy = new RcdState();
    copy.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(copy.volume(volume)).contains(record());
  }
}
