package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * Takes a replica out of the log's members, at the leader: Atomix knows only leaving by oneself,
 * which a dead one can't, so the leader is asked to leave in its name. A leader that removed itself
 * gives its place up: Atomix lets it lead on as long as it is heard.
 */
final class MemberRemoval {
  private final RaftContext raft;

  MemberRemoval(RaftContext raft) {
    this.raft = raft;
  }

  CompletableFuture<Void> remove(String replica) {
    CompletableFuture<LeaveResponse> left = new CompletableFuture<>();
    MemberId id = MemberId.from(replica);
    raft.getThreadContext()
        .execute(
            () -> {
              try {
                if (!raft.isLeader()) {
                  throw refused("it leads no more");
                }
                CompletableFuture<LeaveResponse> unused =
                    raft.getRaftRole()
                        .onLeave(
                            LeaveRequest.builder()
                                .withMember(
                                    new DefaultRaftMember(
                                        id, RaftMember.Type.ACTIVE, Instant.now()))
                                .build())
                        .whenComplete(
                            (response, error) -> {
                              if (error != null) {
                                left.completeExceptionally(error);
                              } else {
                                left.complete(response);
                              }
                            });
              } catch (RuntimeException e) {
                left.completeExceptionally(e);
              }
            });
    return left.thenApply(
        response -> {
          if (response.status() != RaftResponse.Status.OK) {
            throw refused(
                response.error() == null
                    ? "another change of members is under way"
                    : response.error().toString());
          }
          if (id.equals(raft.getCluster().getMember().memberId())) {
            raft.getThreadContext().execute(this::stepDown);
          }
          return null;
        });
  }

  private void stepDown() {
    raft.setLeader(null);
    raft.transition(RaftServer.Role.INACTIVE);
  }

  private static AerieException refused(String why) {
    return new AerieException(
        ErrorCode.UNAVAILABLE, "The log's leader could not remove a member", why, "Try again.");
  }
}
