package io.aerie.configdb.move;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.configdb.move.LogPeers.Status;
import io.aerie.configdb.state.Answer;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.state.LogMove;
import io.aerie.configdb.state.LogName;
import io.aerie.configdb.state.MoveEntry;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coordinates a move. All that counts is written into the old log by it: {@link LogMember} of each
 * node does what is there. So when this node dies, a move that wasn't sealed is cancelled when it
 * is back, or by the next move; one that was sealed goes on without it.
 */
public final class LogMoves implements ConfigLogMove {
  private static final Logger log = LoggerFactory.getLogger(LogMoves.class);
  private static final long POLL_MS = 300;

  /** A member joins within a second or two, one after the other; a busy machine needs more. */
  private static final long PREPARE_LIMIT_S = 90;

  /** The largest state is 64 MiB in parts of 512 KiB. */
  private static final long SWITCH_LIMIT_S = 90;

  private static final long CONFIRM_LIMIT_S = 10;

  private final LogRoom room;
  private final LogMember member;
  private final ReplicatedConfigStore store;

  public LogMoves(LogRoom room, LogMember member, ReplicatedConfigStore store) {
    this.room = room;
    this.member = member;
    this.store = store;
  }

  /** One move on its way. */
  private record Course(
      LogMove move, LogName from, long generation, Set<NodeId> nodes, Consumer<Step> progress) {}

  @Override
  public CompletableFuture<Outcome> move(Wish wish, Consumer<Step> progress) {
    return Futures.start(
        () -> {
          checkOwn(wish.provider());
          return statuses()
              .thenCompose(
                  statuses -> {
                    checkAll(wish.provider(), statuses);
                    progress.accept(Step.CHECKED);
                    return wish.dryRun()
                        ? CompletableFuture.completedFuture(dryRun(wish, statuses.keySet()))
                        : begin(wish, statuses.keySet(), progress);
                  });
        });
  }

  private void checkOwn(String provider) {
    if (!PROVIDERS.contains(provider)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + provider + "' is no provider of logs",
          "It is atomix or ratis.",
          "");
    }
    if (member.record().log().provider().equals(provider)) {
      throw conflict("ConfigDB's log is on " + provider + " already", "", "");
    }
    store
        .lineage()
        .map(Lineage::of)
        .flatMap(Lineage::operation)
        .ifPresent(
            operation -> {
              throw conflict(
                  "ConfigDB is being restored", operation.describe(), "Move it when that is done.");
            });
  }

  private static AerieException conflict(String what, String why, String todo) {
    return new AerieException(ErrorCode.CONFLICT, what, why, todo);
  }

  /** Of all members that answer, this node among them. */
  private CompletableFuture<Map<NodeId, Status>> statuses() {
    Set<NodeId> others = member.members();
    others.remove(room.self());
    return room.peers()
        .askAll(others)
        .thenApply(
            answers -> {
              Map<NodeId, Status> all = new TreeMap<>(answers);
              all.put(room.self(), member.status());
              return all;
            });
  }

  private void checkAll(String provider, Map<NodeId, Status> statuses) {
    Set<NodeId> silent = member.members();
    silent.removeAll(statuses.keySet());
    if (!silent.isEmpty()) {
      throw unavailable(
          "ConfigDB's log is not moved: " + silent + " did not answer",
          "All members take part, and all must be of a release that can.",
          "Start them, then try again.");
    }
    statuses.forEach((node, status) -> check(provider, node, status));
  }

  private void check(String provider, NodeId node, Status status) {
    if (!status.open() || status.generation() != member.record().generation()) {
      throw unavailable(
          "ConfigDB's log is not moved: on " + node + " it is not open",
          "That node waits for the others, or still finishes the last move.",
          "Try again when ConfigDB is open there.");
    }
    if (!status.providers().contains(provider)) {
      throw unavailable(
          "ConfigDB's log is not moved: " + node + " has no provider '" + provider + "' now",
          "Its bundle is not installed there, or is being updated.",
          "Install it on all nodes.");
    }
    if (status.coordinates()) {
      throw conflict(
          "ConfigDB's log is being moved already", node + " does it.", "Wait until that is done.");
    }
    if (status.keepsFormer()) {
      throw conflict(
          "ConfigDB's last move is not confirmed yet",
          node + " still has the data of the former log.",
          "Wait until all nodes use the log; each removes it then.");
    }
  }

  private static AerieException unavailable(String what, String why, String todo) {
    return new AerieException(ErrorCode.UNAVAILABLE, what, why, todo);
  }

  private Outcome dryRun(Wish wish, Set<NodeId> nodes) {
    return new Outcome(
        true,
        member.record().log().toString(),
        wish.provider(),
        store.localRevision(),
        names(nodes),
        List.of());
  }

  private static List<String> names(Set<NodeId> nodes) {
    return nodes.stream().map(NodeId::value).sorted().toList();
  }

  private CompletableFuture<Outcome> begin(Wish wish, Set<NodeId> nodes, Consumer<Step> progress) {
    UUID id = UUID.randomUUID();
    // never a name that a log had: what is left of one must not pass for this
    String name = LogRecord.FIRST_NAME + "-" + id.toString().substring(0, 8);
    LogMove move = new LogMove(id, new LogName(wish.provider(), name), room.self().value());
    LogRecord record = member.record();
    Course course = new Course(move, record.log(), record.generation(), nodes, progress);
    member.coordinate(id);
    return write(new MoveEntry.Begin(move))
        .thenCompose(done -> prepare(course))
        .exceptionallyCompose(failure -> cancel(course, failure))
        .thenCompose(done -> complete(course))
        .whenComplete((outcome, failure) -> member.endCoordination(id));
  }

  /** Ends when the old log is sealed. */
  private CompletableFuture<Void> prepare(Course course) {
    course.progress().accept(Step.BEGUN);
    return await(
            PREPARE_LIMIT_S,
            ErrorCode.UNAVAILABLE,
            "ConfigDB's log is not moved: the new log has not all members",
            course,
            status -> status.ready().filter(course.move().to()::equals).isPresent())
        .thenCompose(
            done -> {
              course.progress().accept(Step.PREPARED);
              return write(new MoveEntry.Seal(course.move().id()));
            });
  }

  /**
   * What can't be sealed, or of which nobody knows whether it is, is cancelled. A log that is
   * sealed refuses that: then the move goes on.
   */
  private CompletableFuture<Void> cancel(Course course, Throwable failure) {
    if (member.record().generation() > course.generation()) {
      return CompletableFuture.completedFuture(null);
    }
    log.warn("The move to {} is cancelled", course.move().to(), failure);
    return member
        .log()
        .submit(new MoveEntry.Cancel(course.move().id()).encode())
        .handle(
            (bytes, noAnswer) -> {
              if (noAnswer != null) {
                throw new AerieException(
                    ErrorCode.TIMED_OUT,
                    "ConfigDB's log may have been moved, or not",
                    "No majority of the nodes answered. This node cancels it when one does, unless"
                        + " it is sealed.",
                    "Look at cluster:info before you try again.",
                    failure);
              }
              if (Answer.decode(bytes) instanceof Answer.Sealed) {
                return null;
              }
              throw Causes.of(failure) instanceof AerieException known
                  ? known
                  : new CompletionException(failure);
            });
  }

  private CompletableFuture<Outcome> complete(Course course) {
    course.progress().accept(Step.SEALED);
    return await(
            SWITCH_LIMIT_S,
            ErrorCode.TIMED_OUT,
            "ConfigDB's old log is sealed, but the new one is not in use yet",
            new Course(
                course.move(),
                course.from(),
                course.generation(),
                Set.of(room.self()),
                course.progress()),
            status -> status.generation() > course.generation())
        .thenCompose(
            done -> {
              course.progress().accept(Step.SWITCHED);
              return confirm(course, deadlineNs(CONFIRM_LIMIT_S));
            })
        .thenApply(
            waitingFor -> {
              if (waitingFor.isEmpty()) {
                course.progress().accept(Step.CONFIRMED);
              }
              return new Outcome(
                  false,
                  course.from().toString(),
                  course.move().to().toString(),
                  store.localRevision(),
                  names(course.nodes()),
                  names(waitingFor));
            });
  }

  /** Who is left when the time is over: those that don't use the log, or else keep the old one. */
  private CompletableFuture<Set<NodeId>> confirm(Course course, long deadlineNs) {
    return statuses()
        .thenCompose(
            all -> {
              Predicate<Status> uses = status -> status.generation() > course.generation();
              Set<NodeId> missing = missing(course, all, uses);
              if (missing.isEmpty()) {
                missing = missing(course, all, uses.and(status -> !status.keepsFormer()));
              }
              return missing.isEmpty() || System.nanoTime() - deadlineNs > 0 || member.isClosed()
                  ? CompletableFuture.completedFuture(missing)
                  : Futures.after(POLL_MS, () -> confirm(course, deadlineNs));
            });
  }

  private CompletableFuture<Set<NodeId>> missing(Course course, Predicate<Status> wanted) {
    return statuses().thenApply(all -> missing(course, all, wanted));
  }

  private static Set<NodeId> missing(
      Course course, Map<NodeId, Status> all, Predicate<Status> wanted) {
    Set<NodeId> missing = new TreeSet<>(course.nodes());
    missing.removeIf(node -> all.containsKey(node) && wanted.test(all.get(node)));
    return missing;
  }

  private CompletableFuture<Void> await(
      long limitSeconds,
      ErrorCode late,
      String otherwise,
      Course course,
      Predicate<Status> wanted) {
    return await(deadlineNs(limitSeconds), late, otherwise, () -> missing(course, wanted));
  }

  private CompletableFuture<Void> await(
      long deadlineNs,
      ErrorCode late,
      String otherwise,
      Supplier<CompletableFuture<Set<NodeId>>> question) {
    return question
        .get()
        .thenCompose(
            missing -> {
              if (missing.isEmpty()) {
                return CompletableFuture.completedFuture(null);
              }
              if (System.nanoTime() - deadlineNs > 0 || member.isClosed()) {
                throw new AerieException(
                    late, otherwise, "Waited for " + missing + ".", "See the logs of these nodes.");
              }
              return Futures.after(POLL_MS, () -> await(deadlineNs, late, otherwise, question));
            });
  }

  private static long deadlineNs(long seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  private CompletableFuture<Void> write(MoveEntry entry) {
    return member
        .log()
        .submit(entry.encode())
        .thenAccept(
            bytes -> {
              Answer answer = Answer.decode(bytes);
              if (answer instanceof Answer.Refused refused) {
                throw conflict("ConfigDB's log is not moved", refused.why(), "Try again.");
              }
              if (answer instanceof Answer.Sealed sealed) {
                throw conflict(
                    "ConfigDB's log is being moved already", "It goes to " + sealed.by() + ".", "");
              }
            });
  }
}
