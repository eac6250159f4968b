package io.aerie.cluster.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Ratis over gRPC, with appenders that tell of commits, and one append of a log at a time. */
final class CommitFactory extends GrpcFactory {
  CommitFactory(Parameters parameters) {
    super(parameters);
  }

  @Override
  public LogAppender newLogAppender(
      RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
    return new CommitAppender(server, leader, follower);
  }

  @Override
  public GrpcServices newRaftServerRpc(RaftServer server) {
    return super.newRaftServerRpc(SequentialAppends.of(server));
  }
}
