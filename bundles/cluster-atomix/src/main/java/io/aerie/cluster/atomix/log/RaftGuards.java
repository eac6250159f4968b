package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.RaftMemberContext;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before Atomix' engine and holds back what 3.1.12 would do wrong:
 *
 * <ul>
 *   <li>appends are synced before they are confirmed ({@link LogDurability});
 *   <li>one vote a term, durably ({@link Ballot});
 *   <li>a candidate that isn't a member (removed while it was away) gets no answer that could raise
 *       the term and unseat the leader, again and again;
 *   <li>a member that hears the leader doesn't encourage others to replace it: a replica that was
 *       away would unseat the leader each time that it returns;
 *   <li>a replica that comes back after another of its node took its place (a disk that was put
 *       back) takes that place again: both as members would count twice in every majority;
 *   <li>a replica of a node that is being removed is not taken in again;
 *   <li>an append without a predecessor (the leader has dropped that part of its log) is checked by
 *       nobody there: entries of the receiver that were never replicated became committed
 *       (atomix#1036). Here it commits nothing by itself, and may replace the receiver's log only
 *       when the receiver has all up to there, by snapshot or applied, and nothing of what it
 *       brings ({@link FirstEntries}).
 * </ul>
 */
final class RaftGuards {
  private static final Logger log = LoggerFactory.getLogger(RaftGuards.class);

  /**
   * A leader that was heard so lately isn't to be replaced (Raft, section 6). Several heartbeats,
   * and below the shortest election time: members that lost their leader don't hold each other up.
   */
  private static final long LEADER_HEARD_NS = Duration.ofMillis(500).toNanos();

  private final Ballot ballot;
  private final Supplier<Set<NodeId>> leaving;
  private final Consumer<Throwable> onFailure;
  private volatile RaftContext raft;
  private volatile LogDurability durability;
  private volatile long heardLeaderNs = System.nanoTime() - LEADER_HEARD_NS;

  RaftGuards(Ballot ballot, Supplier<Set<NodeId>> leaving, Consumer<Throwable> onFailure) {
    this.ballot = ballot;
    this.leaving = leaving;
    this.onFailure = onFailure;
  }

  /** The engine registers its handlers while it is being made: until this call they refuse. */
  void attach(RaftContext context, LogDurability logDurability) {
    durability = logDurability;
    raft = context;
  }

  private RaftContext raft() {
    RaftContext context = raft;
    if (context == null) {
      throw new AerieException(ErrorCode.UNAVAILABLE, "The replica is starting");
    }
    return context;
  }

  CompletableFuture<AppendResponse> append(
      AppendRequest request, Function<AppendRequest, CompletableFuture<AppendResponse>> engine) {
    RaftContext context = raft();
    if (request.term() >= context.getTerm()) {
      heardLeaderNs = System.nanoTime();
    }
    AppendRequest checked = request;
    if (request.prevLogTerm() == 0 && request.prevLogIndex() > 0) {
      if (request.entries().isEmpty()) {
        checked = withoutCommit(request);
      } else if (!has(context, request.prevLogIndex())) {
        return CompletableFuture.completedFuture(
            AppendResponse.builder()
                .withStatus(RaftResponse.Status.OK)
                .withTerm(Math.max(1, context.getTerm()))
                .withSucceeded(false)
                .withLastLogIndex(request.prevLogIndex() - 1)
                .build());
      }
    }
    if (request.entries().isEmpty()) {
      return engine.apply(checked);
    }
    return withoutEmptying(checked, context)
        .thenCompose(engine)
        .thenApplyAsync(
            response -> response.succeeded() ? synced(response) : response,
            context.getThreadContext());
  }

  private static CompletableFuture<AppendRequest> withoutEmptying(
      AppendRequest request, RaftContext context) {
    return request.prevLogTerm() == 0
        ? CompletableFuture.supplyAsync(
            () -> FirstEntries.behindOwn(request, context.getLog(), context.getLastApplied()),
            context.getThreadContext())
        : CompletableFuture.completedFuture(request);
  }

  private static boolean has(RaftContext context, long index) {
    Snapshot snapshot = context.getSnapshotStore().getCurrentSnapshot();
    return context.getLastApplied() >= index || (snapshot != null && snapshot.index() >= index);
  }

  private static AppendRequest withoutCommit(AppendRequest request) {
    return AppendRequest.builder()
        .withTerm(request.term())
        .withLeader(request.leader())
        .withPrevLogIndex(request.prevLogIndex())
        .withPrevLogTerm(request.prevLogTerm())
        .withEntries(request.entries())
        .withCommitIndex(0)
        .build();
  }

  private AppendResponse synced(AppendResponse response) {
    try {
      durability.sync();
      return response;
    } catch (RuntimeException e) {
      // after a failed sync nobody knows what the disk holds: only a restart reads it anew
      onFailure.accept(e);
      throw e;
    }
  }

  CompletableFuture<JoinResponse> join(
      JoinRequest request, Function<JoinRequest, CompletableFuture<JoinResponse>> engine) {
    RaftContext context = raft();
    if (!context.isLeader()) {
      return engine.apply(request);
    }
    MemberId joiner = request.member().memberId();
    contactSoon(context, joiner);
    if (!isMember(context, joiner) && leaving.get().contains(ReplicaId.node(joiner))) {
      // without an error, so that it asks again: it may be a new node's name by then
      return CompletableFuture.completedFuture(
          JoinResponse.builder().withStatus(RaftResponse.Status.ERROR).build());
    }
    MemberRemoval removal = new MemberRemoval(context);
    CompletableFuture<Void> othersGone = CompletableFuture.completedFuture(null);
    for (RaftMember member : context.getCluster().getMembers()) {
      MemberId other = member.memberId();
      if (!other.equals(joiner) && ReplicaId.node(other).equals(ReplicaId.node(joiner))) {
        log.info("Removes the replica {}, whose place {} takes", other, joiner);
        othersGone = othersGone.thenCompose(done -> removal.remove(other.id()));
      }
    }
    return othersGone.thenCompose(done -> engine.apply(request));
  }

  /**
   * A leader leaves a silent member alone for up to a minute. One that starts asks to join, member
   * or not, and so needn't wait for that, nor stand for election to be heard.
   */
  private static void contactSoon(RaftContext context, MemberId member) {
    context
        .getThreadContext()
        .execute(
            () -> {
              RaftMemberContext known = context.getCluster().getMemberState(member);
              if (known != null) {
                known.resetFailureCount();
              }
            });
  }

  private boolean hearsLeader() {
    return System.nanoTime() - heardLeaderNs < LEADER_HEARD_NS;
  }

  CompletableFuture<PollResponse> poll(
      PollRequest request, Function<PollRequest, CompletableFuture<PollResponse>> engine) {
    RaftContext context = raft();
    // A leader answers itself: it takes the question as a sign of life.
    if (isMember(context, request.candidate()) && (context.isLeader() || !hearsLeader())) {
      return engine.apply(request);
    }
    return CompletableFuture.completedFuture(
        PollResponse.builder()
            .withStatus(RaftResponse.Status.OK)
            .withTerm(context.getTerm())
            .withAccepted(false)
            .build());
  }

  CompletableFuture<VoteResponse> vote(
      VoteRequest request, Function<VoteRequest, CompletableFuture<VoteResponse>> engine) {
    RaftContext context = raft();
    if (!isMember(context, request.candidate())) {
      return CompletableFuture.completedFuture(refused(context));
    }
    return engine
        .apply(request)
        .thenApply(
            response ->
                !response.voted() || isFirst(request.term(), request.candidate())
                    ? response
                    : refused(context));
  }

  /** Whether this replica may ask for votes: its own is its first in the term. */
  boolean candidacy(VoteRequest request) {
    return isFirst(request.term(), request.candidate());
  }

  private boolean isFirst(long term, MemberId candidate) {
    try {
      boolean first = ballot.vote(term, candidate);
      if (!first) {
        log.warn("Refused a second vote in term {}, for {}", term, candidate);
      }
      return first;
    } catch (IOException e) {
      log.error("A vote could not be kept, so it isn't given", e);
      return false;
    }
  }

  private static VoteResponse refused(RaftContext context) {
    return VoteResponse.builder()
        .withStatus(RaftResponse.Status.OK)
        .withTerm(context.getTerm())
        .withVoted(false)
        .build();
  }

  private static boolean isMember(RaftContext context, MemberId candidate) {
    return context.getCluster().getMember(candidate) != null;
  }
}
