package io.aerie.configdb.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.configdb.state.LogName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which log carries ConfigDB outlives the node, and is never guessed. */
class LogRecordFileTest {
  private static final LogName RATIS = new LogName("ratis", "config-2");

  @TempDir private Path folder;

  private LogRecordFile file() {
    return new LogRecordFile(folder.resolve("configdb"));
  }

  @Test
  void shouldBeTheConfiguredProviderBeforeTheFirstMove() {
    assertThat(file().read("ratis")).isEqualTo(LogRecord.first("ratis"));
    file().write(LogRecord.first("atomix").withPrepared(Optional.of(RATIS)));
    assertThat(file().read("ratis").log().provider()).isEqualTo("atomix");
    file().write(file().read("ratis").withPrepared(Optional.empty()));
    assertThat(file().read("ratis")).isEqualTo(LogRecord.first("ratis"));
  }

  @Test
  void shouldKeepWhatWasMoved() {
    LogName never = new LogName("ratis", "config-never");
    LogRecord moved = LogRecord.first("atomix").withPrepared(Optional.of(never)).movedTo(2, RATIS);
    file().write(moved);
    assertThat(file().read("atomix")).isEqualTo(moved);
    assertThat(moved.prepared()).contains(never);
    assertThat(moved.former()).contains(new LogName("atomix", "config"));
    file().write(moved.withoutFormer().withPrepared(Optional.empty()));
    assertThat(file().read("atomix"))
        .isEqualTo(new LogRecord(2, RATIS, Optional.empty(), Optional.empty()));
  }

  @Test
  void shouldGuessNothingFromAFileThatIsNone() throws Exception {
    file().write(LogRecord.first("atomix").movedTo(2, RATIS));
    Files.writeString(folder.resolve("configdb/log.properties"), "generation=2\nlog=ratis\n");
    assertThatThrownBy(() -> file().read("atomix"))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }
}
