package io.aerie.cluster.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a leader that no majority answers step down. Ratis 3.3.0 does so by itself only when its
 * leader has nothing else to do (LeaderStateImpl.EventProcessor): one that was cut off with clients
 * on its side led for a minute, and filled its log with entries that nobody will ever confirm. When
 * it came back, the next leader went back through them one by one, for minutes.
 */
final class LeaderWatch {
  private static final Logger log = LoggerFactory.getLogger(LeaderWatch.class);
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final RaftNode node;
  private final RaftGroupId group;
  private final RaftServer.Division division;
  private final ScheduledExecutorService executor;
  private final long silenceMillisMax;
  private volatile Future<?> next;

  LeaderWatch(
      RaftNode node,
      RaftGroupId group,
      RaftServer.Division division,
      ScheduledExecutorService executor,
      long silenceMillisMax) {
    this.node = node;
    this.group = group;
    this.division = division;
    this.executor = executor;
    this.silenceMillisMax = silenceMillisMax;
  }

  /** Looks now and then, until the division ends. */
  void start() {
    if (division.getInfo().getLifeCycleState().isClosingOrClosed()) {
      return;
    }
    RoleInfoProto role = division.getInfo().getRoleInfoProto();
    if (role.getRole() == RaftPeerRole.LEADER
        && role.getRoleElapsedTimeMs() > silenceMillisMax
        && !isHeard(role.getLeaderInfo().getFollowerInfoList())) {
      stepDown();
    }
    try {
      next = Callbacks.after(executor, INTERVAL, this::start);
    } catch (RejectedExecutionException e) {
      log.debug("{}: the provider ends", group, e);
    }
  }

  /** Looks no more. */
  void stop() {
    Future<?> pending = next;
    if (pending != null) {
      pending.cancel(false);
    }
  }

  private boolean isHeard(List<ServerRpcProto> followers) {
    List<String> members =
        division.getRaftConf().getCurrentPeers().stream()
            .map(RaftPeer::getId)
            .map(Object::toString)
            .toList();
    long heard =
        followers.stream()
            .filter(follower -> members.contains(follower.getId().getId().toStringUtf8()))
            .filter(follower -> follower.getLastRpcElapsedTimeMs() <= silenceMillisMax)
            .count();
    return heard + 1 > members.size() / 2;
  }

  private void stepDown() {
    log.warn("{}: no majority has answered this leader for {} ms", group, silenceMillisMax);
    try {
      Callbacks.whenDone(
          node.server()
              .transferLeadershipAsync(
                  new TransferLeadershipRequest(
                      node.clientId(),
                      node.self().getId(),
                      group,
                      node.nextCallId(),
                      null,
                      silenceMillisMax)),
          (reply, failure) -> {
            if (failure != null) {
              log.warn("{}: it did not step down: {}", group, failure.toString());
            }
          });
    } catch (IOException e) {
      log.warn("{}: it can't step down", group, e);
    }
  }
}
