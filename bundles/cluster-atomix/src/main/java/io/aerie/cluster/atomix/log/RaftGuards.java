package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
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
 *   <li>an append without a predecessor (the leader has dropped that part of its log) is checked by
 *       nobody there: entries of the receiver that were never replicated became committed
 *       (atomix#1036). Here it commits nothing by itself, and may replace the receiver's log only
 *       when the receiver has all up to there, by snapshot or applied.
 * </ul>
 */
final class RaftGuards {
  private static final Logger log = LoggerFactory.getLogger(RaftGuards.class);

  private final Ballot ballot;
  private final Consumer<Throwable> onFailure;
  private volatile RaftContext raft;
  private volatile LogDurability durability;

  RaftGuards(Ballot ballot, Consumer<Throwable> onFailure) {
    this.ballot = ballot;
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
    return engine
        .apply(checked)
        .thenApplyAsync(
            response -> response.succeeded() ? synced(response) : response,
            context.getThreadContext());
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

  CompletableFuture<PollResponse> poll(
      PollRequest request, Function<PollRequest, CompletableFuture<PollResponse>> engine) {
    RaftContext context = raft();
    if (isMember(context, request.candidate())) {
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
