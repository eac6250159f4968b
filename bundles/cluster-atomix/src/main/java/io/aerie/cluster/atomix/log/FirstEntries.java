package io.aerie.cluster.atomix.log;

import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.storage.log.RaftLog;
import io.atomix.protocols.raft.storage.log.RaftLogReader;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.journal.Indexed;
import java.util.List;

/**
 * The first entries that a leader has come without the term of what was before them. Atomix 3.1.12
 * then empties the receiver's log, entries that it confirmed included, until it is sent them again;
 * a crash in between, and a majority may have lost what was acknowledged. Here what the receiver
 * has already is left out, and the rest comes as an ordinary append behind it, which empties
 * nothing.
 *
 * <pre>
 *  request     prev 10, term unknown | 11 12 13 14
 *  receiver         10                 11 12          an entry of one index and term is the same on all
 *  instead                                prev 12 | 13 14
 * </pre>
 */
final class FirstEntries {
  private FirstEntries() {}

  /**
   * On the engine's thread.
   *
   * @param own the receiver's log
   * @param lastApplied in the receiver's state
   */
  static AppendRequest behindOwn(AppendRequest request, RaftLog own, long lastApplied) {
    List<RaftLogEntry> entries = request.entries();
    Indexed<RaftLogEntry> common = common(request, own, lastApplied);
    if (common == null) {
      return request;
    }
    int known = (int) (common.index() - request.prevLogIndex());
    return AppendRequest.builder()
        .withTerm(request.term())
        .withLeader(request.leader())
        .withPrevLogIndex(common.index())
        .withPrevLogTerm(common.entry().term())
        .withEntries(entries.subList(known, entries.size()))
        .withCommitIndex(request.commitIndex())
        .build();
  }

  /**
   * The last entry here, from the request's predecessor on, that the leader is known to have too;
   * null if there is none.
   */
  private static Indexed<RaftLogEntry> common(
      AppendRequest request, RaftLog log, long lastApplied) {
    long previous = request.prevLogIndex();
    Indexed<RaftLogEntry> common = null;
    try (RaftLogReader reader = log.openReader(Math.max(1, previous), RaftLogReader.Mode.ALL)) {
      while (reader.hasNext()) {
        Indexed<RaftLogEntry> own = reader.next();
        if (own.index() > previous && !isAmong(request, own)) {
          break;
        }
        // what was applied is committed, so each leader has it or a snapshot of it
        if (own.index() > previous || lastApplied >= own.index()) {
          common = own;
        }
      }
    }
    return common;
  }

  private static boolean isAmong(AppendRequest request, Indexed<RaftLogEntry> own) {
    long offset = own.index() - request.prevLogIndex() - 1;
    return offset < request.entries().size()
        && request.entries().get((int) offset).term() == own.entry().term();
  }
}
