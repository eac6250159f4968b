package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.ReadConsistency;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.QueryRequest;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.session.RaftSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine takes commands only within a session. Atomix' client keeps one a client, resends
 * within it, and stalls for up to ten seconds when the leader freezes. Here the leader opens one
 * session for itself per leadership, and all commands go through it, from this process; who is the
 * leader and when to try again is {@link AtomixLog}'s business. The session never times out; the
 * next leader closes it.
 *
 * <pre>
 *   none --first use--> opening --committed--> open --an error--> none
 *                          '------an error-----------------------^
 * </pre>
 */
final class LeaderSession {
  private static final Logger log = LoggerFactory.getLogger(LeaderSession.class);

  /** Sessions end with their leader, not by time. */
  private static final long NEVER_MS = Duration.ofDays(36_500).toMillis();

  /**
   * The engine keeps each answer until it is told that it arrived, on every replica. One entry of
   * the log tells it for this many commands.
   */
  private static final int ACKNOWLEDGE_EVERY = 128;

  private static final String CLOCK_WORDS = "the wall clock was set back";

  /** Between two looks at the clock of a leader that nobody asks. */
  private static final long CLOCK_LOOK_MS = 100;

  private final SetBackClock clock = SetBackClock.ofThisMachine();
  private final RaftContext raft;
  private final LogProtocol protocol;
  private final LogType type;
  private final MemberId self;
  private final String name;
  private Open current;

  LeaderSession(RaftContext raft, LogProtocol protocol, LogType type, ReplicaId self, String name) {
    this.raft = raft;
    this.protocol = protocol;
    this.type = type;
    this.self = self.member();
    this.name = name;
  }

  private static final class Open {
    final CompletableFuture<Long> id = new CompletableFuture<>();
    long lastSequence;
    long acknowledged;
  }

  CompletableFuture<byte[]> command(byte[] command) {
    Open session = session();
    return session.id.thenCompose(
        id -> {
          CommandCall call = send(session, id, command);
          return call.answer.handle(
              (response, error) -> {
                if (error != null || response.status() != RaftResponse.Status.OK) {
                  drop(session);
                  throw refused(
                      error != null ? error.toString() : String.valueOf(response.error()));
                }
                answered(session, id, call.sequence);
                tellFollowers(session, call.sequence);
                return response.result();
              });
        });
  }

  private record CommandCall(
      long sequence, CompletableFuture<io.atomix.protocols.raft.protocol.CommandResponse> answer) {}

  /** Numbers and hands over in one step: the engine wants the numbers in order. */
  private CommandCall send(Open session, long id, byte[] command) {
    synchronized (session) {
      long sequence = ++session.lastSequence;
      return new CommandCall(
          sequence,
          protocol
              .local()
              .command()
              .apply(
                  CommandRequest.builder()
                      .withSession(id)
                      .withSequence(sequence)
                      .withOperation(
                          PrimitiveOperation.operation(StateMachineService.COMMAND, command))
                      .build()));
    }
  }

  /** Reads the state, then makes sure by a round of heartbeats that this still is the leader. */
  CompletableFuture<byte[]> query(byte[] query) {
    return ask(PrimitiveOperation.operation(StateMachineService.QUERY, query));
  }

  /** The last command in the leader's state, 8 bytes; made sure of as for a query. */
  CompletableFuture<byte[]> index() {
    return ask(PrimitiveOperation.operation(StateMachineService.INDEX, new byte[0]));
  }

  private CompletableFuture<byte[]> ask(PrimitiveOperation question) {
    if (clockWasSetBack()) {
      return CompletableFuture.failedFuture(refused(CLOCK_WORDS));
    }
    Open session = session();
    return session.id.thenCompose(
        id ->
            protocol
                .local()
                .query()
                .apply(
                    QueryRequest.builder()
                        .withSession(id)
                        .withSequence(0)
                        .withIndex(0)
                        .withOperation(question)
                        .build())
                .thenApply(
                    response -> {
                      if (response.status() != RaftResponse.Status.OK) {
                        drop(session);
                        throw refused(String.valueOf(response.error()));
                      }
                      if (clockWasSetBack()) {
                        throw refused(CLOCK_WORDS);
                      }
                      return response.result();
                    }));
  }

  /** Looks at the clock from now on, until it is closed. */
  Subscription watchClock(ScheduledExecutorService timer) {
    ScheduledFuture<?> looking =
        timer.scheduleWithFixedDelay(
            this::clockWasSetBack, CLOCK_LOOK_MS, CLOCK_LOOK_MS, TimeUnit.MILLISECONDS);
    return () -> looking.cancel(false);
  }

  /**
   * The engine keeps rounds of heartbeats in the order of their beginnings by the wall clock. One
   * from before the clock was set back is over only when the clock is there again, and all reads
   * after it wait behind it, for half an hour or more; others would be taken for confirmed by
   * heartbeats from before. A new leader begins with no rounds, so this one gives its place up.
   */
  private boolean clockWasSetBack() {
    boolean setBack = raft.isLeader() && clock.isSetBack();
    if (setBack) {
      raft.getThreadContext().execute(this::giveUpForClock);
    }
    return setBack;
  }

  private void giveUpForClock() {
    if (raft.isLeader() && clock.isSetBack()) {
      log.warn(
          "{}: {}, so this replica leads no more; another one, or it again, will",
          name,
          CLOCK_WORDS);
      raft.setLeader(null);
      raft.transition(RaftServer.Role.FOLLOWER);
    }
  }

  /**
   * An engine that no longer leads refuses at once, and the session is dropped before it is used.
   */
  private synchronized Open session() {
    Open session = current;
    if (session == null) {
      session = new Open();
      current = session;
      open(session);
    }
    return session;
  }

  private void open(Open session) {
    CompletableFuture<OpenSessionResponse> unused =
        protocol
            .local()
            .openSession()
            .apply(
                OpenSessionRequest.builder()
                    .withMemberId(self)
                    .withServiceName(name)
                    .withServiceType(type)
                    .withServiceConfig(type.serviceConfig())
                    .withReadConsistency(ReadConsistency.LINEARIZABLE)
                    .withMinTimeout(NEVER_MS)
                    .withMaxTimeout(NEVER_MS)
                    .build())
            // an engine that lost its leadership in the middle never answers
            .orTimeout(2, TimeUnit.SECONDS)
            .whenComplete(
                (response, error) -> {
                  if (error != null || response.status() != RaftResponse.Status.OK) {
                    drop(session);
                    session.id.completeExceptionally(
                        refused(
                            error != null ? error.toString() : String.valueOf(response.error())));
                  } else {
                    closeOthers(response.session());
                    session.id.complete(response.session());
                  }
                });
  }

  /** Sessions of former leaders: their late commands fail from here on, as their senders expect. */
  private void closeOthers(long own) {
    for (RaftSession other : raft.getSessions().getSessions()) {
      long id = other.sessionId().id();
      if (id < own) {
        report(
            "close session " + id,
            protocol
                .local()
                .closeSession()
                .apply(CloseSessionRequest.builder().withSession(id).withDelete(false).build()));
      }
    }
  }

  private void answered(Open session, long id, long sequence) {
    long acknowledge;
    synchronized (session) {
      if (sequence - session.acknowledged < ACKNOWLEDGE_EVERY) {
        return;
      }
      acknowledge = sequence;
      session.acknowledged = sequence;
    }
    report(
        "acknowledge up to " + acknowledge,
        protocol
            .local()
            .keepAlive()
            .apply(
                KeepAliveRequest.builder()
                    .withSessionIds(new long[] {id})
                    .withCommandSequences(new long[] {acknowledge})
                    .withEventIndexes(new long[] {0})
                    .build()));
  }

  /**
   * Followers learn how far the log is committed from what the leader sends next. When no command
   * is on its way that would be a heartbeat's time later, so a round of heartbeats goes out now.
   */
  private void tellFollowers(Open session, long sequence) {
    synchronized (session) {
      if (session.lastSequence != sequence) {
        return;
      }
    }
    CompletableFuture<?> unused =
        index()
            .exceptionally(
                failure -> {
                  log.debug("Followers hear of command {} with the next heartbeat", sequence);
                  return null;
                });
  }

  private static void report(String what, CompletableFuture<? extends RaftResponse> answer) {
    CompletableFuture<?> unused =
        answer.whenComplete(
            (response, error) -> {
              if (error != null || response.status() != RaftResponse.Status.OK) {
                // harmless: the next time does it, or the next leader
                log.debug("Could not {}: {}", what, error != null ? error : response.error());
              }
            });
  }

  /** The next call opens a new session; the engine's numbering of this one can't be trusted. */
  private synchronized void drop(Open session) {
    if (current == session) {
      current = null;
    }
  }

  /** Called when this replica begins to lead, or leads no more. */
  synchronized void reset() {
    current = null;
    clock.restart();
  }

  private static AerieException refused(String why) {
    return new AerieException(ErrorCode.UNAVAILABLE, "The log's leader could not do it", why, "");
  }
}
