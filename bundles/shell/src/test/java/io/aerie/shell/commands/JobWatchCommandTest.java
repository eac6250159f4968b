package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.event.Events;
import io.aerie.face.access.Caller;
import io.aerie.face.fakes.FakeEvents;
import io.aerie.face.fakes.FakeJobs;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.StorageAdministration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A job is watched until it has ended, and each step is told once. */
class JobWatchCommandTest {
  private final FakeStorage storage = new FakeStorage();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(StorageAdministration.class, storage)
          .with(Events.class, new FakeEvents());

  private String run(JobWatchCommand command) {
    command.lookMs = 0;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Caller caller = new Caller("o", Role.OBSERVER, Set.of(), Optional.empty(), "192.0.2.1", 1);
    command.run(subsystems, caller, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void seen() {
    storage.seen(
        FakeJobs.job("running", 1, 1024),
        FakeJobs.job("running", 1, 1024),
        FakeJobs.job("running", 2, 2048),
        FakeJobs.job("done", 4, 4096));
  }

  @Test
  void shouldPrintEachStepOnceAndEndWithTheJobs() {
    seen();
    assertThat(run(new JobWatchCommand()))
        .isEqualTo(
            """
            j1 resynchronisation d1 running: 1 of 4 groups, 1 KiB, -, 9 s left
            j1 resynchronisation d1 running: 2 of 4 groups, 2 KiB, -, 9 s left
            j1 resynchronisation d1 done: 4 of 4 groups, 4 KiB
            """);
  }

  @Test
  void shouldWatchOneByItsId() {
    seen();
    JobWatchCommand command = new JobWatchCommand();
    command.job = "j1";
    command.json = true;
    assertThat(run(command)).contains("\"groupsDone\":2").contains("\"state\":\"done\"");
    command.job = "j2";
    assertThatThrownBy(() -> run(command))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void shouldEndAtOnceWhenNothingGoesOn() {
    storage.seen(FakeJobs.job("done", 4, 4096));
    assertThat(run(new JobWatchCommand())).isEmpty();
  }
}
