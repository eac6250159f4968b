package io.aerie.cluster.ratis;

import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.AwaitForSignal;

/**
 * Sends a follower what its leader appends, and tells it of a commit at once. Ratis 3.3.0 wakes its
 * appender when the commit index moves, but the appender then finds no entry and sends nothing: a
 * follower learned of the commit with the next entry or heartbeat, 250 ms later on a quiet log.
 *
 * <p>Only when no entry is to be sent and none is on its way an empty append is sent, once for a
 * commit index: it is the same message as a heartbeat. Under load the commit index goes with the
 * next entries, and nothing more is sent than before.
 */
final class CommitAppender extends GrpcLogAppender {
  private final AwaitForSignal signal;

  /** The commit index that was sent last. Only the appender's own thread uses it. */
  private long toldIndex = -1;

  CommitAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
    super(server, leader, follower);
    this.signal = new KeptSignal(follower.getName());
  }

  @Override
  public AwaitForSignal getEventAwaitForSignal() {
    return signal;
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
    if (request == null && hasUntoldCommit()) {
      toldIndex = getRaftLog().getLastCommittedIndex();
      request = super.newAppendEntriesRequest(callId, true);
    }
    if (request != null) {
      toldIndex = Math.max(toldIndex, request.getLeaderCommit());
    }
    return request;
  }

  /**
   * Never while the follower lacks entries: it couldn't apply them, and gets the index with them.
   */
  private boolean hasUntoldCommit() {
    return !hasAppendEntries()
        && !hasPendingDataRequests()
        && getRaftLog().getLastCommittedIndex() > toldIndex;
  }
}
