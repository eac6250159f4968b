package io.aerie.cluster.atomix.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.storage.log.RaftLog;
import io.atomix.protocols.raft.storage.log.entry.InitializeEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.StorageLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader sends without a predecessor never makes a receiver drop what both have. */
class FirstEntriesTest {
  @TempDir Path folder;
  private RaftLog log;

  /** Of the terms 1 1 2 2 2. */
  @BeforeEach
  void fill() {
    log =
        RaftLog.builder()
            .withName("log")
            .withDirectory(folder.toFile())
            .withStorageLevel(StorageLevel.DISK)
            .withNamespace(RaftNamespaces.RAFT_STORAGE)
            .build();
    entries(1, 1, 2, 2, 2).forEach(log.writer()::append);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private static List<RaftLogEntry> entries(long... terms) {
    List<RaftLogEntry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(new InitializeEntry(term, 1));
    }
    return entries;
  }

  private static AppendRequest first(long previousIndex, long... terms) {
    return AppendRequest.builder()
        .withTerm(9)
        .withLeader(MemberId.from("n1/1"))
        .withPrevLogIndex(previousIndex)
        .withPrevLogTerm(0)
        .withEntries(entries(terms))
        .withCommitIndex(4)
        .build();
  }

  /** As {@code index/term of the predecessor: terms of the entries}. */
  private String sent(AppendRequest request, long lastApplied) {
    AppendRequest changed = FirstEntries.behindOwn(request, log, lastApplied);
    assertThat(changed.term()).isEqualTo(9);
    assertThat(changed.commitIndex()).isEqualTo(4);
    assertThat(changed.leader()).isEqualTo(request.leader());
    return changed.prevLogIndex()
        + "/"
        + changed.prevLogTerm()
        + ": "
        + changed.entries().stream().map(RaftLogEntry::term).toList();
  }

  @Test
  void shouldLeaveOutWhatTheReceiverHas() {
    assertThat(sent(first(0, 1, 1, 2, 2, 2, 3), 0)).isEqualTo("5/2: [3]");
    assertThat(sent(first(0, 1, 1), 0)).isEqualTo("2/1: []");
    assertThat(sent(first(2, 2, 2), 0)).isEqualTo("4/2: []");
  }

  @Test
  void shouldGoOnBehindWhatIsCommitted() {
    assertThat(sent(first(5, 3, 3), 5)).isEqualTo("5/2: [3, 3]");
    assertThat(sent(first(3, 3, 3), 3)).isEqualTo("3/2: [3, 3]");
  }

  @Test
  void shouldReplaceWhatTheLeaderHasAnotherOf() {
    assertThat(sent(first(0, 1, 1, 3, 3), 2)).isEqualTo("2/1: [3, 3]");
  }

  @Test
  void shouldLeaveAloneWhatHasNothingInCommon() {
    assertThat(sent(first(0, 4, 4), 0)).isEqualTo("0/0: [4, 4]");
    assertThat(sent(first(7, 3), 5)).isEqualTo("7/0: [3]");
    assertThat(sent(first(3, 3), 2)).as("not known as committed").isEqualTo("3/0: [3]");
  }
}
