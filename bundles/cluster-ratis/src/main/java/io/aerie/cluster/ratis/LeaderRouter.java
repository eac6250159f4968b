package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.log.AnswerThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;
import org.apache.ratis.server.RaftServer;

/**
 * Brings requests to the log's leader as this replica sees it. Ratis' own client would wait seconds
 * for a frozen peer; here an attempt ends after {@link #ATTEMPT_MAX}, or at once when the replica
 * hears of another leader, and the next goes to whoever leads then. All attempts of a request carry
 * one call id, so that the leader that has seen it already answers from its retry cache.
 */
final class LeaderRouter implements AutoCloseable {
  /** Far above a slow disk's flush; a little above the longest election time-out. */
  private static final Duration ATTEMPT_MAX = Duration.ofMillis(1000);

  /** Time for an election that fails once or twice. */
  private static final Duration REQUEST_MAX = Duration.ofSeconds(6);

  /** For this replica to apply what a majority has. */
  private static final Duration APPLY_MAX = Duration.ofSeconds(6);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(40);

  /** A leader takes 1024 at once; more waiting here would only time out. */
  private static final int PENDING_MAX = 1024;

  private final RaftNode node;
  private final RaftGroupId group;
  private final ScheduledExecutorService executor;
  private final AnswerThreads answers = RatisThreads.answers();
  private final AtomicInteger pendingCount = new AtomicInteger();
  private final AtomicBoolean emptyEntryUnderway = new AtomicBoolean();
  private final Set<Request> unanswered = ConcurrentHashMap.newKeySet();
  private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();
  private final Set<Attempt> underway = ConcurrentHashMap.newKeySet();
  private volatile RaftServer.Division division;
  private volatile boolean closed;

  LeaderRouter(RaftNode node, RaftGroupId group, ScheduledExecutorService executor) {
    this.node = node;
    this.group = group;
    this.executor = executor;
  }

  void serve(RaftServer.Division started) {
    division = started;
  }

  CompletableFuture<byte[]> write(byte[] command) {
    return send(Wire.message(command)).thenApply(LeaderRouter::contentOf);
  }

  /**
   * A place in the log after everything that was acknowledged before the call, on any node: the
   * index of an entry that no state machine sees.
   *
   * <p>Ratis' own linearizable reads are not used. Ratis 3.3.0 takes a read index that a majority
   * confirmed once for confirmed for good (ReadIndexHeartbeats), and a leader that has work looks
   * for its majority only when it has none (LeaderStateImpl): one that was cut off answered reads
   * from its old state for as long as clients kept it busy.
   */
  CompletableFuture<Long> barrier() {
    return send(Wire.message(Wire.EMPTY)).thenApply(RaftClientReply::getLogIndex);
  }

  /** The same outcome on a thread for answers, or in time a failure; also when this is closed. */
  <T> CompletableFuture<T> inTime(CompletableFuture<T> awaited) {
    CompletableFuture<T> answer = awaited.copy();
    waiting.add(answer);
    Callbacks.whenDone(answer, (value, failure) -> waiting.remove(answer));
    if (closed) {
      answer.completeExceptionally(closedRefusal());
    }
    return answer
        .orTimeout(APPLY_MAX.toMillis(), TimeUnit.MILLISECONDS)
        .whenCompleteAsync((value, failure) -> {}, answers::handOver);
  }

  private static AerieException closedRefusal() {
    return new AerieException(ErrorCode.UNAVAILABLE, "the log was closed");
  }

  /**
   * Gives the leader something to send to a joiner that has everything already. Ratis 3.3.0 learns
   * how far a joiner is only from the answer to an entry, never from a heartbeat or a refused
   * repetition (GrpcLogAppender), so on a log without traffic the change would never end. One at a
   * time; it may fail, for whoever joins asks again.
   */
  void appendEmptyEntry() {
    if (emptyEntryUnderway.compareAndSet(false, true)) {
      Callbacks.whenDone(write(Wire.EMPTY), (done, failure) -> emptyEntryUnderway.set(false));
    }
  }

  /** Attempts at the former leader can only end late. */
  void leaderChanged(RaftPeerId leader) {
    for (Attempt attempt : underway) {
      if (!attempt.peer.getId().equals(leader)) {
        attempt.outcome.completeExceptionally(new TimeoutIOException("another leads now"));
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Attempt attempt : underway) {
      attempt.outcome.completeExceptionally(new IOException("the log was closed"));
    }
    // Those that wait for their next attempt: the executor may end before its time comes.
    unanswered.forEach(request -> request.giveUp(true));
    waiting.forEach(answer -> answer.completeExceptionally(closedRefusal()));
    answers.close();
  }

  private CompletableFuture<RaftClientReply> send(Message message) {
    if (pendingCount.incrementAndGet() > PENDING_MAX) {
      pendingCount.decrementAndGet();
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.UNAVAILABLE, "too many requests wait for the log's leader"));
    }
    Request request = new Request(message);
    unanswered.add(request);
    Callbacks.whenDone(
        request.result,
        (answer, failure) -> {
          unanswered.remove(request);
          pendingCount.decrementAndGet();
        });
    attempt(request, null);
    return request.result;
  }

  private void attempt(Request request, RaftPeerId hint) {
    long leftNs = request.deadlineNs - System.nanoTime();
    if (closed || leftNs <= 0) {
      request.giveUp(closed);
      return;
    }
    RaftPeer leader = leader(hint);
    if (leader == null) {
      later(request, null);
      return;
    }
    Attempt attempt = new Attempt(request, leader);
    try {
      Future<?> timer =
          Callbacks.after(
              executor,
              Duration.ofNanos(Math.min(leftNs, ATTEMPT_MAX.toNanos())),
              attempt::timeOut);
      underway.add(attempt);
      Callbacks.whenDone(
          attempt.outcome,
          (reply, failure) -> {
            timer.cancel(false);
            underway.remove(attempt);
            settle(attempt, reply, failure);
          });
      attempt.start();
    } catch (RejectedExecutionException e) {
      underway.remove(attempt);
      request.giveUp(true);
    }
  }

  private RaftPeer leader(RaftPeerId hint) {
    RaftServer.Division known = division;
    if (known == null) {
      return null;
    }
    RaftPeerId id = hint != null ? hint : known.getInfo().getLeaderId();
    return id == null ? null : known.getRaftConf().getPeer(id);
  }

  private void later(Request request, RaftPeerId hint) {
    try {
      request.retry = Callbacks.after(executor, RETRY_PAUSE, () -> attempt(request, hint));
    } catch (RejectedExecutionException e) {
      request.giveUp(true);
    }
  }

  private void settle(Attempt attempt, RaftClientReply reply, Throwable failure) {
    Throwable cause = failure;
    if (cause == null) {
      if (reply.isSuccess()) {
        answers.handOver(() -> attempt.request.result.complete(reply));
        return;
      }
      cause = reply.getException();
    }
    cause = Causes.of(cause);
    attempt.request.lastFailure = cause;
    if (cause instanceof StateMachineException) {
      AerieException refusal =
          new AerieException(
              ErrorCode.INTERNAL, "the state machine failed", cause.getMessage(), "", cause);
      answers.handOver(() -> attempt.request.result.completeExceptionally(refusal));
      return;
    }
    RaftPeerId hint = null;
    if (cause instanceof NotLeaderException notLeader) {
      hint = notLeader.getSuggestedLeader() == null ? null : notLeader.getSuggestedLeader().getId();
    } else {
      attempt.resetConnection(cause);
    }
    later(attempt.request, hint);
  }

  private static byte[] contentOf(RaftClientReply reply) {
    Message message = reply.getMessage();
    return message == null ? new byte[0] : message.getContent().toByteArray();
  }

  /** What a caller waits for. */
  private final class Request {
    final CompletableFuture<RaftClientReply> result = new CompletableFuture<>();
    final long deadlineNs = System.nanoTime() + REQUEST_MAX.toNanos();
    private final long callId = node.nextCallId();
    private final Message message;
    private volatile boolean sent;
    private volatile Throwable lastFailure;
    private volatile Future<?> retry;

    Request(Message message) {
      this.message = message;
    }

    RaftClientRequest to(RaftPeerId peer) {
      sent = true;
      return RaftClientRequest.newBuilder()
          .setClientId(node.clientId())
          .setServerId(peer)
          .setGroupId(group)
          .setCallId(callId)
          .setMessage(message)
          .setType(RaftClientRequest.writeRequestType())
          .build();
    }

    void giveUp(boolean logClosed) {
      Future<?> pending = retry;
      if (pending != null) {
        pending.cancel(false);
      }
      result.completeExceptionally(
          new AerieException(
              sent && !logClosed ? ErrorCode.TIMED_OUT : ErrorCode.UNAVAILABLE,
              logClosed ? "the log was closed" : "the log did not answer in time",
              sent
                  ? "The command may have been carried out, or may still be."
                  : "It has no leader.",
              "",
              lastFailure));
    }
  }

  /** One try at one peer. */
  private final class Attempt {
    final Request request;
    final RaftPeer peer;
    final CompletableFuture<RaftClientReply> outcome = new CompletableFuture<>();

    Attempt(Request request, RaftPeer peer) {
      this.request = request;
      this.peer = peer;
    }

    void start() {
      CompletableFuture<RaftClientReply> reply;
      try {
        RaftClientRequest message = request.to(peer.getId());
        if (isLocal()) {
          reply = node.server().submitClientRequestAsync(message);
        } else {
          node.client().addRaftPeers(List.of(peer));
          reply = node.client().sendRequestAsyncUnordered(message);
        }
      } catch (IOException | RuntimeException e) {
        outcome.completeExceptionally(e);
        return;
      }
      // Ratis shares its future among attempts of a call: it must not be completed from here
      Callbacks.whenDone(
          reply,
          (answer, failure) -> {
            if (failure != null) {
              outcome.completeExceptionally(failure);
            } else {
              outcome.complete(answer);
            }
          });
    }

    private boolean isLocal() {
      return peer.getId().equals(node.self().getId());
    }

    void timeOut() {
      outcome.completeExceptionally(new TimeoutIOException("no answer from " + peer));
    }

    /** A channel to a frozen or restarted peer stays silent; the next attempt gets another. */
    void resetConnection(Throwable cause) {
      if (!isLocal() && !closed && cause instanceof IOException) {
        try {
          executor.execute(() -> node.client().handleException(peer.getId(), cause, true));
        } catch (RejectedExecutionException e) {
          request.giveUp(true);
        }
      }
    }
  }
}
