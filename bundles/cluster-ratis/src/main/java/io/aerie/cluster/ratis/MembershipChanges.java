package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.ratis.Wire.Change;
import io.aerie.cluster.ratis.Wire.ChangeKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

/**
 * Carries out who joins and who goes: on the leader as one change of Raft's configuration,
 * elsewhere by asking the leader's node. A node that joins replaces its own former replicas in the
 * same change. Whoever asks retries; every change is idempotent.
 */
final class MembershipChanges {
  /** A joiner catches up before it is taken in; when that takes longer it asks again. */
  private static final Duration FORWARD_MAX = Duration.ofSeconds(4);

  private final NodeId self;
  private final Supplier<Set<NodeId>> leaving;
  private final Messages messages;
  private final Function<String, RatisLog> logs;

  /**
   * @param leaving nodes that are being removed, which are not taken in
   */
  MembershipChanges(
      NodeId self,
      Messages messages,
      Function<String, RatisLog> logs,
      Supplier<Set<NodeId>> leaving) {
    this.self = self;
    this.leaving = leaving;
    this.messages = messages;
    this.logs = logs;
  }

  CompletableFuture<Void> remove(RatisLog log, NodeId member) {
    return carryOut(log, new Change(ChangeKind.REMOVE, false, log.name(), member.value(), "", ""));
  }

  /** Answers a member's or joiner's request. */
  CompletableFuture<byte[]> handle(NodeId from, byte[] body) {
    try {
      return answer(from, body);
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<byte[]> answer(NodeId from, byte[] body) {
    Change change = Change.decode(body);
    if (change.kind() == ChangeKind.JOIN && !change.forwarded()) {
      String peer = change.peer();
      if (!from.value().equals(change.node()) || !peer.startsWith(change.node() + "@")) {
        throw new AerieException(
            ErrorCode.FORBIDDEN, from + " can't join as " + change.node() + " (" + peer + ")");
      }
    }
    RatisLog log = logs.apply(change.log());
    if (log == null || !log.isMember()) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE, self + " is no member of log '" + change.log() + "'");
    }
    return carryOut(log, change).thenApply(done -> new byte[0]);
  }

  private CompletableFuture<Void> carryOut(RatisLog log, Change change) {
    RaftServer.Division division = log.division();
    if (division.getInfo().isLeader()) {
      return lead(log, change);
    }
    RaftPeerId leader = division.getInfo().getLeaderId();
    if (leader == null || change.forwarded()) {
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.UNAVAILABLE,
              "log '" + log.name() + "' has no leader that " + self + " knows"));
    }
    return messages
        .request(PeerName.nodeOf(leader), Wire.CHANGE, change.asForwarded().encode(), FORWARD_MAX)
        .thenAccept(answer -> {});
  }

  private CompletableFuture<Void> lead(RatisLog log, Change change) {
    RaftConfiguration configuration = log.division().getRaftConf();
    if (!configuration.getPreviousPeers().isEmpty()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.UNAVAILABLE, "another membership change is under way"));
    }
    List<RaftPeer> current = List.copyOf(configuration.getCurrentPeers());
    List<RaftPeer> next = next(current, change);
    if (ids(next).equals(ids(current))) {
      return CompletableFuture.completedFuture(null);
    }
    if (change.kind() == ChangeKind.JOIN && leaving.get().contains(new NodeId(change.node()))) {
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.UNAVAILABLE, change.node() + " is being removed from the cluster"));
    }
    if (next.isEmpty()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.CONFLICT, "the last member of a log can't be removed"));
    }
    SetConfigurationRequest request = request(log, current, next);
    try {
      return log.node()
          .server()
          .setConfigurationAsync(request)
          .handle(
              (reply, failure) -> {
                if (causeOf(reply, failure) instanceof ReconfigurationInProgressException) {
                  log.router().appendEmptyEntry();
                }
                check(reply, failure);
                return null;
              });
    } catch (IOException e) {
      return CompletableFuture.failedFuture(refused(e));
    }
  }

  static SetConfigurationRequest request(
      RatisLog log, List<RaftPeer> current, List<RaftPeer> next) {
    RaftNode node = log.node();
    return new SetConfigurationRequest(
        node.clientId(),
        node.self().getId(),
        log.division().getMemberId().getGroupId(),
        node.nextCallId(),
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(current)
            .setServersInNewConf(next)
            .build());
  }

  private static List<RaftPeer> next(List<RaftPeer> current, Change change) {
    List<RaftPeer> next = new ArrayList<>(current);
    RaftPeerId joiner = RaftPeerId.valueOf(change.peer().isEmpty() ? "-" : change.peer());
    next.removeIf(
        peer ->
            PeerName.nodeOf(peer.getId()).value().equals(change.node())
                && !peer.getId().equals(joiner));
    boolean join = change.kind() == ChangeKind.JOIN;
    if (join && next.stream().noneMatch(peer -> peer.getId().equals(joiner))) {
      next.add(RaftPeer.newBuilder().setId(joiner).setAddress(change.address()).build());
    }
    return next;
  }

  private static Set<RaftPeerId> ids(List<RaftPeer> peers) {
    Set<RaftPeerId> ids = new HashSet<>();
    peers.forEach(peer -> ids.add(peer.getId()));
    return ids;
  }

  private static void check(RaftClientReply reply, Throwable failure) {
    Throwable cause = causeOf(reply, failure);
    if (cause != null) {
      throw refused(cause);
    }
  }

  /** Why the change was not made; null when it was. */
  private static Throwable causeOf(RaftClientReply reply, Throwable failure) {
    if (failure != null) {
      return Causes.of(failure);
    }
    return reply.isSuccess() ? null : reply.getException();
  }

  private static AerieException refused(Throwable cause) {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        "the log's members could not be changed now",
        String.valueOf(cause.getMessage()),
        "",
        cause);
  }
}
