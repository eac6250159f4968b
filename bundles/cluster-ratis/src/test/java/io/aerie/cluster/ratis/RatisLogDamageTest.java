package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.LogDamageContract;
import io.aerie.cluster.messages.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged files, on Ratis. */
class RatisLogDamageTest extends LogDamageContract {
  @Override
  protected RunningProvider start(ClusterIdentity identity, Messages messages) {
    return RatisLogs.start(identity, messages);
  }

  @Override
  protected int commandsPerSnapshot() {
    return RatisLogs.SNAPSHOT_EVERY_COMMANDS;
  }

  /**
   * Ratis 3.3.0 leaves an empty file when it can't write its term and vote to a full disk. This
   * replica may have voted, so it must not come back as its former self.
   */
  @Test
  void shouldNameTheFolderToRemoveWhenTermAndVoteAreGone() throws Exception {
    openThree();
    get(N1).putEventually("before", "1");
    close(N3);
    Path metadata =
        files(cluster().data(N3)).stream()
            .filter(file -> file.endsWith("raft-meta"))
            .findFirst()
            .orElseThrow();
    Files.write(metadata, new byte[0]);

    AerieException refusal = catchThrowableOfType(AerieException.class, () -> reopen(N3));
    assertThat(refusal.code()).isEqualTo(ErrorCode.CORRUPT);
    assertThat(refusal.why()).contains(metadata.toString());
    close(N3);
    removeWhatItNames(refusal);

    get(N1).putEventually("meanwhile", "2");
    reopen(N3);
    assertThat(get(N3).readLocal("before")).isEqualTo("1");
    assertThat(get(N3).readLocal("meanwhile")).isEqualTo("2");
    get(N1).awaitMembers(ALL);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList();
    }
  }
}
