package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.ForgetNode;
import io.aerie.engine.rcd.RcdCommand.RetireNode;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;

/**
 * Nodes that leave for good.
 *
 * <pre>
 *  member --retire--> leaving --its life ends--> leaving, DOWN --forget--> former --join--> member
 * </pre>
 *
 * Until it is forgotten it counts as a voter, so that leases and the end of leases are counted
 * against voter sets that differ by one: a majority of the one meets every majority of the other. A
 * holder whose replica is behind may miss several that went; therefore a node is forgotten no
 * sooner than a lease after its life ended, when no promise of it is left.
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
    if (!node.leaving()) {
      tables.change(new RcdChange.Node(node.retired(index)));
    }
    return RcdAnswer.done(node.incarnation());
  }

  RcdAnswer forget(long index, ForgetNode command) {
    if (!tables.nodes.containsKey(command.node())
        && tables.lastIncarnation(command.node()) == command.incarnation()) {
      return RcdAnswer.done(command.incarnation());
    }
    NodeRecord node = known(command.node(), command.incarnation());
    if (!node.leaving() || node.state() != NodeState.DOWN) {
      throw RcdRules.precondition(
          "Node " + node.id() + " can't be forgotten",
          node.leaving() ? "Its life is not over." : "It was not told to leave.");
    }
    for (NodeRecord other : List.copyOf(tables.nodes.values())) {
      if (other.acknowledgements().containsKey(node.id())) {
        tables.change(new RcdChange.Node(other.without(node.id(), index)));
      }
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
