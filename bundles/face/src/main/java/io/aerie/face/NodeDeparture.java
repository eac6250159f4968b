package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterDeparture;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Takes a node out of the cluster for good, alive or dead. Each step finds out by itself whether it
 * is done already, so the whole is repeated after a failure, on any node that stays.
 *
 * <pre>
 *  look: known? a majority without it?      nothing has changed yet
 *  storage is told: the node owns and gets nothing, its life ends
 *  ConfigDB: off the list, its keys refused  -->  the node learns of it and ends
 *  wait until it is silent                   -->  it can't ask to be taken into a log again
 *  out of RCD's log, out of ConfigDB's log
 *  storage forgets it: its vote counts no more, its name is free
 * </pre>
 */
public final class NodeDeparture {
  /** What storage waits for, and a change of leader. */
  private static final Duration RETIRE_LIMIT = Duration.ofSeconds(30);

  /** A node ends its subsystems in a few seconds. */
  static final Duration SILENCE_LIMIT = Duration.ofSeconds(20);

  /** Other changes of a log's members, and elections, are over by then. */
  private static final int REMOVAL_ATTEMPTS_MAX = 10;

  private static final List<String> LOGS = List.of("rcd", "config");

  private final Subsystems subsystems;
  private final NodeId node;
  private final Membership membership;
  private final ClusterDeparture departure;
  private final StorageAdministration storage;
  private final List<NamedLog> logs;
  private final Duration silenceLimit;
  private final List<String> explanation = new ArrayList<>();

  NodeDeparture(Subsystems subsystems, NodeId node, Duration silenceLimit) {
    this.silenceLimit = silenceLimit;
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
   * PRECONDITION_FAILED (one of two, or the only one; revision given and stale), UNAVAILABLE (no
   * majority of a log's members is up without it; ConfigDB or RCD is away), TIMED_OUT (it doesn't
   * end).
   *
   * @return the node as it was last, with what was done
   */
  public static ObjectNode remove(
      Subsystems subsystems, String node, OptionalLong expectedRevision, boolean dryRun) {
    return new NodeDeparture(subsystems, new NodeId(node), SILENCE_LIMIT)
        .remove(expectedRevision, dryRun);
  }

  ObjectNode remove(OptionalLong expected, boolean dryRun) {
    requireAnother();
    Await.result(storage.catchUp());
    boolean listed = Await.result(departure.isListed(node));
    Optional<NodeView> known =
        storage.nodes().stream().filter(view -> view.id().equals(node)).findFirst();
    if (!listed && known.isEmpty() && logs.stream().noneMatch(this::has)) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no node '" + node + "'");
    }
    logs.stream().filter(this::has).forEach(this::requireMajorityWithout);
    boolean reached = isReached();
    Optional<NodeView> last = known;
    if (known.isPresent()) {
      last =
          Optional.of(
              Await.result(storage.retireNode(node.value(), expected, dryRun), RETIRE_LIMIT));
    }
    explain(reached);
    if (!dryRun) {
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

  /** It ends before it is taken out of the logs: until then it counts as one that is down. */
  private void requireMajorityWithout(NamedLog log) {
    List<NodeId> members = log.log().status().members();
    if (members.size() <= 2) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "Node " + node + " can't be removed: too few would stay",
          "The log " + log.name() + " has " + members.size() + " members, and one is no majority.",
          "Let another node join first.");
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
        Await.result(silent, silenceLimit);
      }
    } catch (AerieException e) {
      throw e.code() == ErrorCode.TIMED_OUT ? stillRuns(e) : e;
    }
  }

  private AerieException stillRuns(AerieException cause) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        "Node " + node + " still runs",
        "It was shut out, and has not ended within " + silenceLimit.toSeconds() + " s.",
        "Stop its process, and remove it again.",
        cause);
  }

  private void leave(NamedLog log) {
    for (int attempt = 1; has(log); attempt++) {
      try {
        Await.result(log.log().removeMember(node));
        return;
      } catch (AerieException e) {
        boolean passing = e.code() == ErrorCode.UNAVAILABLE || e.code() == ErrorCode.TIMED_OUT;
        if (!passing || attempt == REMOVAL_ATTEMPTS_MAX) {
          throw e;
        }
        Await.result(
            CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)));
      }
    }
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
