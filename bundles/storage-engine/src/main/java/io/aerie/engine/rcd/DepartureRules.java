package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.EndVote;
import io.aerie.engine.rcd.RcdCommand.ForgetNode;
import io.aerie.engine.rcd.RcdCommand.RetireNode;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;

/**
 * Nodes that leave for good.
 *
 * <pre>
 *  member --retire--> leaving --its life ends--> leaving, DOWN --end vote--> silenced
 *                                                                              |
 *  member <--join-- former <--forget, when it is known to have ended-----------'
 * </pre>
 *
 * Until its vote ends it counts as a voter, so that leases and the end of leases are counted
 * against voter sets that differ by one: a majority of the one meets every majority of the other. A
 * holder whose replica is behind may miss several that went; therefore a vote ends no sooner than a
 * lease after the life ended, when no promise of it is left, and while no other silenced node is
 * waited for, which may not know and answer still.
 */
final class DepartureRules {
  private final RcdTables tables;

  DepartureRules(RcdTables tables) {
    this.tables = tables;
  }

  RcdAnswer retire(long index, RetireNode command) {
    NodeRecord node = known(command.node(), command.incarnation());
    SortedSet<UUID> disks = tables.index().disksOfNode.of(node.id());
    if (!disks.isEmpty()) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Node " + node.id() + " has disks of the cluster",
          "They are: " + String.join(", ", disks.stream().map(UUID::toString).toList()) + ".",
          "Drain them, or give them up when the node is dead, and remove them first.");
    }
    if (tables.nodes.size() == 1) {
      throw RcdRules.precondition(
          "Node " + node.id() + " can't leave the cluster", "It is the only one.");
    }
    requireNoOtherSilenced(node);
    if (!node.leaving()) {
      tables.change(new RcdChange.Node(node.retired(index)));
    }
    return RcdAnswer.done(node.incarnation());
  }

  RcdAnswer endVote(long index, EndVote command) {
    NodeRecord node = known(command.node(), command.incarnation());
    requireEnded(node, "can't be silenced");
    if (!node.votes()) {
      return RcdAnswer.done(node.incarnation());
    }
    requireNoOtherSilenced(node);
    countNoAccusationOf(node.id(), index);
    tables.change(new RcdChange.Node(node.silenced(index)));
    return RcdAnswer.done(node.incarnation());
  }

  private void requireNoOtherSilenced(NodeRecord node) {
    for (NodeRecord other : tables.nodes.values()) {
      if (!other.votes() && !other.id().equals(node.id())) {
        throw RcdRules.precondition(
            "Node " + node.id() + " can't leave the cluster yet",
            "The removal of node " + other.id() + " has not come to its end: repeat it.");
      }
    }
  }

  private static void requireEnded(NodeRecord node, String refusal) {
    if (!node.leaving() || node.state() != NodeState.DOWN) {
      throw RcdRules.precondition(
          "Node " + node.id() + " " + refusal,
          node.leaving() ? "Its life is not over." : "It was not told to leave.");
    }
  }

  private void countNoAccusationOf(NodeId gone, long index) {
    for (NodeRecord other : List.copyOf(tables.nodes.values())) {
      if (other.acknowledgements().containsKey(gone)) {
        tables.change(new RcdChange.Node(other.without(gone, index)));
      }
    }
  }

  RcdAnswer forget(long index, ForgetNode command) {
    if (!tables.nodes.containsKey(command.node())
        && tables.lastIncarnation(command.node()) == command.incarnation()) {
      return RcdAnswer.done(command.incarnation());
    }
    NodeRecord node = known(command.node(), command.incarnation());
    requireEnded(node, "can't be forgotten");
    if (node.votes()) {
      throw RcdRules.precondition(
          "Node " + node.id() + " can't be forgotten", "Its vote has not ended.");
    }
    tables.change(new RcdChange.NodeForgotten(node.id(), node.incarnation()));
    return RcdAnswer.done(node.incarnation());
  }

  private NodeRecord known(NodeId id, long incarnation) {
    NodeRecord node = tables.nodes.get(id);
    if (node == null) {
      throw RcdRules.notFound("node", id);
    }
    if (node.incarnation() != incarnation) {
      throw RcdRules.precondition(
          "Node " + id + " has begun a new life", "It is " + node.incarnation() + " by now.");
    }
    return node;
  }
}
