package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.ControlScrub.Action;
import io.aerie.engine.rcd.ScrubJobRecord.Scope;
import io.aerie.engine.rcd.ScrubJobRecord.State;
import io.aerie.engine.rcd.ScrubRecord.Counts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which job wants which volume, and what is refused. */
class ScrubRulesTest {
  private static final Counts SOME = new Counts(4, 3, 2, 1);

  private final RcdState state = new RcdState();
  private long index;
  private long first;
  private long second;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    return RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer());
  }

  @BeforeEach
  void makeVolumes() {
    for (int i = 1; i <= 2; i++) {
      NodeId node = new NodeId("n" + i);
      apply(new RcdCommand.JoinNode(node, "here", 1, new UUID(i, 1))).orThrow();
      apply(new RcdCommand.AddDisk(new UUID(7, i), node, 1, "/d", 1L << 30, 1, "p")).orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(3, 1), "p")).orThrow();
    first = volume(1);
    second = volume(2);
  }

  private long volume(int i) {
    return apply(
            new RcdCommand.CreateVolume(
                new UUID(4, i), "v" + i, 1 << 22, "p", Redundancy.copies(2), 1))
        .orThrow()
        .number();
  }

  private long start(int id, Scope scope, long subject) {
    return apply(new RcdCommand.StartScrub(new UUID(5, id), scope, subject, 1234))
        .orThrow()
        .number();
  }

  private RcdAnswer report(long volume, long job, boolean done) {
    long epoch = state.volume(volume).orElseThrow().epoch();
    return apply(new RcdCommand.ReportScrub(volume, epoch, job, SOME, done, 99));
  }

  private static void assertRefused(RcdAnswer answer, ErrorCode code) {
    assertThatThrownBy(answer::orThrow)
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldEndWhenAllVolumesAreDone() {
    long job = start(1, Scope.ALL, 0);
    assertThat(start(1, Scope.ALL, 0)).as("a repeated command").isEqualTo(job);
    report(first, job, false).orThrow();
    assertThat(state.scrubs().get(first).counts()).isEqualTo(SOME);
    report(first, job, true).orThrow();
    assertThat(state.scrubs().get(first))
        .isEqualTo(new ScrubRecord(first, 0, SOME, index, 99, index));
    assertRefused(report(first, job, true), ErrorCode.PRECONDITION_FAILED);
    assertThat(state.scrubJobs().get(job).state()).isEqualTo(State.RUNNING);
    report(second, job, true).orThrow();
    assertThat(state.scrubJobs().get(job).state()).isEqualTo(State.DONE);
    assertThat(state.scrubJobs().get(job).counts()).isEqualTo(SOME.plus(SOME));
  }

  @Test
  void shouldNotWaitForDeletedVolumes() {
    long job = start(1, Scope.POOL, state.pool("p").orElseThrow().number());
    report(first, job, true).orThrow();
    apply(new RcdCommand.DeleteVolume(new UUID(4, 2), -1)).orThrow();
    assertThat(state.scrubJobs().get(job).state()).isEqualTo(State.DONE);
    assertThat(state.scrubs()).containsOnlyKeys(first);
  }

  @Test
  void shouldRefuseReportsOfFormerOwnersAndJobs() {
    long job = start(1, Scope.VOLUME, first);
    long epoch = state.volume(first).orElseThrow().epoch();
    assertRefused(
        apply(new RcdCommand.ReportScrub(first, epoch - 1, job, SOME, true, 99)),
        ErrorCode.PRECONDITION_FAILED);
    assertRefused(report(second, job, true), ErrorCode.PRECONDITION_FAILED);
    long later = start(2, Scope.VOLUME, first);
    assertThat(state.scrubJobs().get(job).state()).isEqualTo(State.DONE);
    assertRefused(report(first, job, true), ErrorCode.PRECONDITION_FAILED);
    report(first, later, true).orThrow();
  }

  @Test
  void shouldPauseAndCancel() {
    long job = start(1, Scope.ALL, 0);
    apply(new RcdCommand.ControlScrub(job, Action.PAUSE)).orThrow();
    assertThat(state.scrubJobs().get(job).state()).isEqualTo(State.PAUSED);
    apply(new RcdCommand.ControlScrub(job, Action.CANCEL)).orThrow();
    apply(new RcdCommand.ControlScrub(job, Action.CANCEL)).orThrow();
    assertRefused(
        apply(new RcdCommand.ControlScrub(job, Action.RESUME)), ErrorCode.PRECONDITION_FAILED);
    assertRefused(apply(new RcdCommand.ControlScrub(7777, Action.PAUSE)), ErrorCode.NOT_FOUND);
    assertThat(state.scrubs().values()).allMatch(record -> record.job() == 0);
    assertRefused(
        apply(new RcdCommand.StartScrub(new UUID(5, 9), Scope.POOL, 7777, 0)), ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldRememberAFewOldJobs() {
    for (int i = 0; i < 50; i++) {
      report(first, start(i, Scope.VOLUME, first), true).orThrow();
    }
    assertThat(state.scrubJobs()).hasSize(32);
  }

  @Test
  void shouldForgetOnlyWhatIsUnknown() {
    assertRefused(apply(new RcdCommand.ForgetVolume(first)), ErrorCode.IN_USE);
    assertRefused(apply(new RcdCommand.ForgetVolume(0)), ErrorCode.INVALID_VALUE);
    apply(new RcdCommand.ForgetVolume(5000)).orThrow();
    apply(new RcdCommand.ForgetVolume(5000)).orThrow();
    assertThat(state.deletedVolumes()).containsExactly(5000L);
    assertThat(volume(3)).isGreaterThan(5000);
  }

  @Test
  void shouldComeBackFromASnapshot() throws IOException {
    long job = start(1, Scope.ALL, 0);
    report(first, job, true).orThrow();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.writeSnapshot(new DataOutputStream(bytes));
    RcdState read = new RcdState();
    read.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(read.scrubs()).isEqualTo(state.scrubs());
    assertThat(read.scrubJobs()).isEqualTo(state.scrubJobs());
    assertThat(state.copy().scrubJobs()).isEqualTo(state.scrubJobs());
  }
}
