package io.aerie.cluster.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogDamageContract;
import io.aerie.cluster.messages.Messages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged files, on Atomix. */
class AtomixLogDamageTest extends LogDamageContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) throws Exception {
    return AtomixLogs.start(identity);
  }

  @Override
  protected int commandsPerSnapshot() {
    return AtomixLogs.COMMANDS_PER_SNAPSHOT;
  }

  /** Who takes it for damage stays away for good, and has an administrator remove good data. */
  @Test
  void shouldNotTakeAFileThatCannotBeReadNowForDamage() throws Exception {
    open(N1, true, List.of()).put("a", "1");
    close(N1);
    Path replica;
    try (Stream<Path> all = Files.walk(cluster().data(N1))) {
      replica = all.filter(file -> file.endsWith("committed")).findFirst().orElseThrow();
    }
    // reading a folder fails whoever asks, unlike rights and full disks
    Path snapshot = Files.createDirectory(replica.resolveSibling("snapshot"));
    AerieException refusal = catchThrowableOfType(AerieException.class, () -> reopen(N1));
    assertThat(refusal.code()).isEqualTo(ErrorCode.IO_ERROR);
    assertThat(refusal.toString()).doesNotContain("remove");
    close(N1);
    Files.delete(snapshot);
    reopen(N1);
    assertThat(get(N1).read("a")).isEqualTo("1");
  }
}
