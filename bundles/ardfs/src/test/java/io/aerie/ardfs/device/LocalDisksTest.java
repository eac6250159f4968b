package io.aerie.ardfs.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.device.LocalDisks.LocalDisk;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node's own list of disks outlives it, and is never silently shorter. */
class LocalDisksTest {
  @TempDir private Path folder;

  @Test
  void shouldRememberDisksOverARestart() {
    LocalDisk first = new LocalDisk("/dev/a", UUID.randomUUID());
    LocalDisk second = new LocalDisk("/dev/b", UUID.randomUUID());
    LocalDisks disks = new LocalDisks(folder);
    disks.add(first);
    disks.add(second);
    assertThat(new LocalDisks(folder).list()).containsExactly(first, second);
  }

  @Test
  void shouldReplaceTheEntryOfAPath() {
    LocalDisks disks = new LocalDisks(folder);
    disks.add(new LocalDisk("/dev/a", UUID.randomUUID()));
    LocalDisk formattedAgain = new LocalDisk("/dev/a", UUID.randomUUID());
    disks.add(formattedAgain);
    assertThat(new LocalDisks(folder).list()).containsExactly(formattedAgain);
  }

  @Test
  void shouldForgetWhatWasRemoved() {
    LocalDisk stays = new LocalDisk("/dev/a", UUID.randomUUID());
    LocalDisk goes = new LocalDisk("/dev/b", UUID.randomUUID());
    LocalDisks disks = new LocalDisks(folder);
    disks.add(stays);
    disks.add(goes);
    disks.remove(goes.disk());
    assertThat(new LocalDisks(folder).list()).containsExactly(stays);
  }

  @Test
  void shouldReportAListThatCannotBeRead() throws Exception {
    Files.writeString(folder.resolve("disks.json"), "[{\"path\":");
    assertThatThrownBy(() -> new LocalDisks(folder))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }
}
