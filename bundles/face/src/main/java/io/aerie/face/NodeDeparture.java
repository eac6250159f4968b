package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.NodeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Takes a node out of the cluster for good, alive or dead. Each step finds out by itself whether it
 * is done already, so the whole is repeated after a failure, on any node that stays.
 *
 * <pre>
 *  look: known? a majority without it, or both of two?      nothing has changed yet
 *  storage is told: the node owns and gets nothing, its life and its vote on leases end
 *  announced in ConfigDB: no log takes it in again
 *  out of RCD's log, out of ConfigDB's log: it votes on that itself, if it is up
 *  ConfigDB: off the list, its keys refused  -->  the node asks, is told, and ends
 *  wait until it is silent
 *  out of the logs that took it in before their leader had heard of the announcement
 *  storage forgets it: its name is free
 * </pre>
 */
public final class NodeDeparture {
  /** What storage waits for, and a change of leader. */
  private static final Duration RETIRE_LIMIT = Duration.ofSeconds(30);

  /**
   * A node ends its subsystems in a few seconds; other changes of a log's members, and elections,
   * are over by then.
   */
  static final Duration LIMIT = Duration.ofSeconds(20);

  private static final Executor SOON =
      CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

  private static final List<String> LOGS = List.of("rcd", "config");

  private final Subsystems subsystems;
  private final NodeId node;
  private final Membership membership;
  private final ClusterDeparture departure;
  private final StorageAdministration storage;
  private final List<NamedLog> logs;
  private final Duration limit;
  private final List<String> explanation = new ArrayList<>();

  NodeDeparture(Subsystems subsystems, NodeId node, Duration limit) {
    this.limit = limit;
    this.subsystems = subsystems;
    this.node = node;
    membership = subsystems.require(Membership.class);
    departure = subsystems.require(ClusterDeparture.class);
    storage = subsystems.require(StorageAdministration.class);
    logs = LOGS.stream().map(this::log).toList();
  }

  private NamedLog log(String name) {
    return subsystems.logs().stream()
        .filter(log -> log.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "This node can't remove others now: the log " + name + " is not open",
                    "",
                    "Try again in a few seconds, or ask another node."));
  }

  /**
   * Removes it. NOT_FOUND, IN_USE (it has disks), CONFLICT (it is the node that is asked),
   * PRECONDITION_FAILED (the only one; revision given and stale; another's removal has not come to
   * its end), UNAVAILABLE (no majority of a log's members is up without it, or it is one of two and
   * not reached; ConfigDB or RCD is away), TIMED_OUT (it doesn't end).
   *
   * @return the node as it was last, with what was done
   */
  public static ObjectNode remove(
      Subsystems subsystems, String node, OptionalLong expectedRevision, boolean dryRun) {
    return new NodeDeparture(subsystems, new NodeId(node), LIMIT).remove(expectedRevision, dryRun);
  }

  ObjectNode remove(OptionalLong expected, boolean dryRun) {
    requireAnother();
    logs.stream().filter(this::has).forEach(this::requireMajority);
    Await.result(storage.catchUp());
    boolean listed = Await.result(departure.isListed(node));
    Optional<NodeView> known =
        storage.nodes().stream().filter(view -> view.id().equals(node)).findFirst();
    if (!listed && known.isEmpty() && logs.stream().noneMatch(this::has)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no node '" + node + "'");
    }
    boolean reached = isReached();
    Optional<NodeView> last = known;
    if (known.isPresent()) {
      last =
          Optional.of(
              Await.result(storage.retireNode(node.value(), expected, dryRun), RETIRE_LIMIT));
    }
    explain(reached);
    if (!dryRun) {
      Await.result(departure.announce(node));
      logs.forEach(this::leave);
      // what both logs answer now, they answer without it
      Await.result(storage.catchUp());
      Await.result(departure.isListed(node));
      Await.result(departure.shutOut(node));
      awaitSilence();
      logs.forEach(this::leave);
      Await.result(storage.forgetNode(node.value()));
    }
    return answer(last, dryRun);
  }

  private void requireAnother() {
    if (membership.self().id().equals(node)) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Node " + node + " can't remove itself",
          "It would end in the middle of it.",
          "Ask another node.");
    }
  }

  private boolean has(NamedLog log) {
    return log.log().status().members().contains(node);
  }

  private boolean isReached() {
    return membership.members().stream()
        .anyMatch(view -> view.member().id().equals(node) && view.reachable());
  }

  /**
   * It may die at any time, and then must not be missed. Two can't help it: both must be up until
   * the log has one member.
   */
  private void requireMajority(NamedLog log) {
    List<NodeId> members = log.log().status().members();
    if (members.size() == 2) {
      if (!isReached()) {
        throw new AerieException(
            ErrorCode.UNAVAILABLE,
            "Node " + node + " can't be removed now: it is not reached, and is one of two",
            "The log " + log.name() + " takes no change without both, not even its removal.",
            "Start it, wait until it is reached, and remove it then.");
      }
      return;
    }
    Set<NodeId> reached =
        membership.members().stream()
            .filter(MemberView::reachable)
            .map(view -> view.member().id())
            .collect(Collectors.toSet());
    List<NodeId> up =
        members.stream().filter(id -> !id.equals(node) && reached.contains(id)).toList();
    if (up.size() <= members.size() / 2) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE,
          "Node " + node + " can't be removed now: without it no majority is up",
          "Of the members of the log "
              + log.name()
              + ", "
              + members
              + ", the others that this node reaches are "
              + up
              + ".",
          "Start those that are down, or first remove one that is dead for good.");
    }
  }

  private void explain(boolean reached) {
    explanation.add(
        reached
            ? "Node " + node + " is up: it stops serving, and its process stays outside."
            : "Node " + node + " is not reached: it must be dead for good, or be switched off.");
    for (NamedLog log : logs) {
      List<NodeId> staying =
          log.log().status().members().stream().filter(id -> !id.equals(node)).toList();
      explanation.add(
          "The log "
              + log.name()
              + " has the members "
              + staying
              + " then, and goes on with "
              + (staying.size() / 2 + 1)
              + " of them.");
    }
    explanation.add("A new node can join under its name.");
  }

  private void awaitSilence() {
    CompletableFuture<Void> silent = new CompletableFuture<>();
    try (Subscription listening =
        membership.listen(
            event -> {
              if (!isReached()) {
                silent.complete(null);
              }
            })) {
      if (isReached()) {
        Await.result(silent, limit);
      }
    } catch (AerieException e) {
      throw e.code() == ErrorCode.TIMED_OUT ? stillRuns(e) : e;
    }
  }

  private AerieException stillRuns(AerieException cause) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "Node " + node + " still runs",
        "It was shut out, and has not ended within " + limit.toSeconds() + " s.",
        "Stop its process, and remove it again.",
        cause);
  }

  /**
   * Done when one of those who stay leads, and doesn't count it: what it may know alone is not
   * missed then, and its keys may be refused.
   */
  private void leave(NamedLog log) {
    long deadlineNs = System.nanoTime() + limit.toNanos();
    while (!isOut(log)) {
      AerieException failure = stillIn(log);
      try {
        if (has(log)) {
          Await.result(log.log().removeMember(node));
        }
      } catch (AerieException e) {
        if (e.code() != ErrorCode.UNAVAILABLE && e.code() != ErrorCode.TIMED_OUT) {
          throw e;
        }
        failure = e;
      }
      if (System.nanoTime() - deadlineNs > 0) {
        throw failure;
      }
      Await.result(CompletableFuture.runAsync(() -> {}, SOON));
    }
  }

  private boolean isOut(NamedLog log) {
    LogStatus status = log.log().status();
    return !status.members().contains(node)
        && status.leader().filter(leader -> !leader.equals(node)).isPresent();
  }

  private AerieException stillIn(NamedLog log) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "Node " + node + " has still a part in the log " + log.name(),
        "No other node has taken the lead within " + limit.toSeconds() + " s.",
        "Try again.");
  }

  private ObjectNode answer(Optional<NodeView> last, boolean dryRun) {
    ObjectNode answer =
        last.map(Views::of)
            .orElseGet(
                () ->
                    Views.mapper()
                        .createObjectNode()
                        .put("id", node.value())
                        .put("name", node.value())
                        .put("revision", 0));
    answer.put("dryRun", dryRun);
    ArrayNode sentences = answer.putArray("explanation");
    explanation.forEach(sentences::add);
    return answer;
  }
}
