package io.aerie.upgrade.apply.run;

import io.aerie.base.NodeId;
import io.aerie.upgrade.PackagedBundle.Exchange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An upgrade of the cluster: the state that all nodes act on.
 *
 * @param id UUID
 * @param sha256 the package's digest
 * @param version whereto
 * @param from the version before, of the node that it was started on
 * @param exchange how the whole package is taken
 * @param direction whereto nodes go now
 * @param state of the whole
 * @param why it stopped or goes back; empty where nothing happened
 * @param started when
 * @param nodes in the order in which they are exchanged; each once
 * @param revision of the document; 0 for one that isn't written
 */
public record Run(
    String id,
    String sha256,
    String version,
    String from,
    Exchange exchange,
    Direction direction,
    State state,
    String why,
    Instant started,
    List<Part> nodes,
    long revision) {

  /** Whereto nodes go. */
  public enum Direction {
    FORWARD,
    BACK
  }

  /** How the whole is. */
  public enum State {
    RUNNING,
    /** Somebody wants it to wait. */
    PAUSED,
    /** By itself. */
    STOPPED,
    DONE,
    ROLLED_BACK
  }

  /** What a node has. */
  public enum PartState {
    OLD,
    EXCHANGING,
    NEW
  }

  /** What there is to do for a node. */
  public enum Step {
    NOTHING,
    /** It is this node's turn, as soon as the cluster is fit. */
    TAKE_TURN,
    /** This node is being exchanged: bring it to the target. */
    EXCHANGE,
    /** All nodes are at the target. */
    FINISH
  }

  /**
   * A node's part.
   *
   * @param former the release that it ran before the upgrade; empty until its first turn
   * @param serving names of its servers that took connections when its turn began
   */
  public record Part(NodeId node, PartState state, String former, Set<String> serving) {
    public Part {
      serving = Set.copyOf(serving);
    }

    /** As before its turn. */
    public static Part of(NodeId node) {
      return new Part(node, PartState.OLD, "", Set.of());
    }
  }

  public Run {
    nodes = List.copyOf(nodes);
  }

  /** Whether it has not ended. */
  public boolean isOpen() {
    return state == State.RUNNING || state == State.PAUSED || state == State.STOPPED;
  }

  /** What nodes come to. */
  public PartState target() {
    return direction == Direction.FORWARD ? PartState.NEW : PartState.OLD;
  }

  /** The node that is being exchanged. */
  public Optional<Part> exchanging() {
    return nodes.stream().filter(part -> part.state() == PartState.EXCHANGING).findFirst();
  }

  /** Who has to act for this to go on; empty while it does not go on, and at its end. */
  public Optional<NodeId> actor() {
    if (state == State.STOPPED || !isOpen()) {
      return Optional.empty();
    }
    Optional<Part> exchanging = exchanging();
    if (exchanging.isPresent() || state == State.PAUSED) {
      return exchanging.map(Part::node);
    }
    return nodes.stream().filter(part -> part.state() != target()).findFirst().map(Part::node);
  }

  /** The rule: what a node has to do. */
  public Step stepOf(NodeId self) {
    Optional<NodeId> actor = actor();
    if (actor.isEmpty()) {
      return state == State.RUNNING ? Step.FINISH : Step.NOTHING;
    }
    if (!actor.get().equals(self)) {
      return Step.NOTHING;
    }
    return exchanging().isPresent() ? Step.EXCHANGE : Step.TAKE_TURN;
  }

  /** A node's part in it. */
  public Optional<Part> part(NodeId node) {
    return nodes.stream().filter(part -> part.node().equals(node)).findFirst();
  }

  /**
   * A node takes its turn.
   *
   * @param release that it runs now, kept as the former one when it goes forward
   * @param serving its servers that take connections now
   */
  public Run turnOf(NodeId node, String release, Set<String> serving) {
    return with(
        node,
        part ->
            new Part(
                node,
                PartState.EXCHANGING,
                direction == Direction.FORWARD ? release : part.former(),
                serving));
  }

  /** A node is at the target, and verified. */
  public Run arrived(NodeId node) {
    return with(node, part -> new Part(node, target(), part.former(), Set.of()));
  }

  /** A node could not go forward, and has what it had before: all go back. */
  public Run failedOn(NodeId node, String reason) {
    return with(node, part -> new Part(node, PartState.OLD, part.former(), Set.of()))
        .with(Direction.BACK, State.RUNNING, reason);
  }

  /** It stops by itself. */
  public Run stopped(String reason) {
    return with(direction, State.STOPPED, reason);
  }

  /** All nodes are at the target. */
  public Run finished() {
    return with(direction, direction == Direction.FORWARD ? State.DONE : State.ROLLED_BACK, why);
  }

  /** The same with another direction, state and reason. */
  public Run with(Direction newDirection, State newState, String newWhy) {
    return new Run(
        id,
        sha256,
        version,
        from,
        exchange,
        newDirection,
        newState,
        newWhy,
        started,
        nodes,
        revision);
  }

  private Run with(NodeId node, UnaryOperator<Part> change) {
    return new Run(
        id,
        sha256,
        version,
        from,
        exchange,
        direction,
        state,
        why,
        started,
        nodes.stream().map(part -> part.node().equals(node) ? change.apply(part) : part).toList(),
        revision);
  }
}
