package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.AddDisk;
import io.aerie.engine.rcd.RcdCommand.BringDisk;
import io.aerie.engine.rcd.RcdCommand.DiskFailed;
import io.aerie.engine.rcd.RcdCommand.Expire;
import io.aerie.engine.rcd.RcdCommand.GoOnAlone;
import io.aerie.engine.rcd.RcdCommand.JoinNode;
import io.aerie.engine.rcd.RcdCommand.LeaveNode;
import io.aerie.engine.rcd.RcdCommand.Suspect;
import io.aerie.engine.rcd.RcdCommand.SuspectAcknowledged;
import io.aerie.engine.rcd.RcdCommand.Trust;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** Lives of nodes and disks. */
final class NodeRules {
  private final RcdTables tables;
  private final GroupRules groups;
  private final VolumeRules volumes;

  NodeRules(RcdTables tables, GroupRules groups, VolumeRules volumes) {
    this.tables = tables;
    this.groups = groups;
    this.volumes = volumes;
  }

  RcdAnswer join(long index, JoinNode command) {
    NodeRecord known = tables.nodes.get(command.node());
    long last = tables.lastIncarnation(command.node());
    if (known != null && known.leaving()) {
      throw RcdRules.precondition(
          "Node " + command.node() + " is being removed from the cluster", "It gets no new life.");
    }
    if (last >= command.incarnation()) {
      if (known != null
          && known.incarnation() == command.incarnation()
          && known.life().equals(command.life())) {
        return RcdAnswer.done(last);
      }
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Node " + command.node() + " has had incarnation " + last + " already",
          "A life takes a higher number than all before it.",
          "Read the state again and join with a higher number.");
    }
    if (known != null && known.state() != NodeState.DOWN) {
      end(index, known);
    }
    tables.change(
        new RcdChange.Node(
            new NodeRecord(
                command.node(),
                command.endpoint(),
                command.incarnation(),
                command.life(),
                NodeState.UP,
                0,
                Collections.emptySortedMap(),
                known == null ? "" : known.rack(),
                known == null ? "" : known.site(),
                false,
                true,
                index)));
    grant(index, tables.index().ownerless);
    return RcdAnswer.done(command.incarnation());
  }

  RcdAnswer suspect(long index, Suspect command) {
    NodeRecord node = tables.nodes.get(command.node());
    if (present(node, command.incarnation()) && node.state() == NodeState.UP) {
      tables.change(new RcdChange.Node(node.suspected(index)));
    }
    return RcdAnswer.done(0);
  }

  RcdAnswer acknowledge(long index, SuspectAcknowledged command) {
    NodeRecord node = tables.nodes.get(command.node());
    if (suspected(node, command.incarnation(), command.suspicion())
        && tables.voters().contains(command.voter())
        && !node.acknowledgements().containsKey(command.voter())) {
      tables.change(
          new RcdChange.Node(node.acknowledged(command.voter(), command.ageNanos(), index)));
    }
    return RcdAnswer.done(0);
  }

  RcdAnswer trust(long index, Trust command) {
    NodeRecord node = tables.nodes.get(command.node());
    if (suspected(node, command.incarnation(), command.suspicion())) {
      tables.change(new RcdChange.Node(node.with(NodeState.UP, index)));
    }
    return RcdAnswer.done(0);
  }

  RcdAnswer expire(long index, Expire command) {
    NodeRecord node = tables.nodes.get(command.node());
    if (!suspected(node, command.incarnation(), command.suspicion())) {
      return RcdAnswer.done(0);
    }
    if (node.acknowledgements().size() <= tables.voters().size() / 2) {
      throw RcdRules.precondition(
          "Node " + node.id() + " may still hold its lease",
          "No majority of voters has stopped answering it.");
    }
    end(index, node);
    groups.schedule(index);
    return RcdAnswer.done(0);
  }

  /** Stopping in order: the node gave its lease back before it said so. */
  RcdAnswer leave(long index, LeaveNode command) {
    NodeRecord node = tables.nodes.get(command.node());
    if (present(node, command.incarnation()) && node.state() != NodeState.DOWN) {
      end(index, node);
      groups.schedule(index);
    }
    return RcdAnswer.done(0);
  }

  private static boolean suspected(NodeRecord node, long incarnation, long suspicion) {
    return present(node, incarnation)
        && node.state() == NodeState.SUSPECT
        && node.suspicion() == suspicion;
  }

  private static boolean present(NodeRecord node, long incarnation) {
    return node != null && node.incarnation() == incarnation;
  }

  /** The fence: everything that hung on this life ends at one index. */
  private void end(long index, NodeRecord node) {
    tables.change(new RcdChange.Node(node.with(NodeState.DOWN, index)));
    for (UUID id : List.copyOf(tables.index().disksOfNode.of(node.id()))) {
      DiskRecord disk = tables.disks.get(id);
      if (disk.up()) {
        tables.change(new RcdChange.Disk(disk.down(index)));
        groups.leave(index, id);
      }
    }
    for (long generation : List.copyOf(tables.index().attachmentsOfNode.of(node.id()))) {
      AttachmentRecord attachment = tables.attachments.get(generation);
      if (attachment.incarnation() == node.incarnation()) {
        tables.change(new RcdChange.Detached(attachment));
      }
    }
    grant(index, tables.index().volumesOfOwner.of(node.id()));
  }

  private void grant(long index, SortedSet<Long> numbers) {
    for (long number : List.copyOf(numbers)) {
      volumes.grant(index, tables.volumes.get(number), groups);
    }
  }

  RcdAnswer addDisk(long index, AddDisk command) {
    checkPresent(command.node(), command.incarnation());
    DiskRecord known = tables.disks.get(command.disk());
    if (known != null) {
      if (known.node().equals(command.node()) && known.generation() == command.generation()) {
        return RcdAnswer.done(0);
      }
      throw new AerieException(
          ErrorCode.ALREADY_EXISTS, "Disk " + command.disk() + " belongs to the cluster already");
    }
    tables.change(
        new RcdChange.Disk(
            new DiskRecord(
                command.disk(),
                command.node(),
                command.path(),
                command.capacityBytes(),
                command.generation(),
                command.pool(),
                true,
                DiskRecord.SPEED_PERCENT,
                DiskDuty.SERVING,
                index)));
    groups.schedule(index);
    return RcdAnswer.done(0);
  }

  RcdAnswer bringDisk(long index, BringDisk command) {
    checkPresent(command.node(), command.incarnation());
    DiskRecord known = RcdRules.disk(tables, command.disk());
    if (known.up()
        && known.generation() == command.generation()
        && known.node().equals(command.node())) {
      return RcdAnswer.done(0);
    }
    if (!known.node().equals(command.node())) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Disk " + known.id() + " belongs to node " + known.node(),
          "Two copies on one node would die together.",
          "Put it back into that node.");
    }
    if (command.generation() <= known.generation()) {
      // Opened often enough it would reach any number: it must not be complete anywhere by then.
      settleAnew(index, groups.waitingFor(known.id()));
      groups.distrust(index, known.id());
      throw RcdRules.precondition(
          "Disk " + known.id() + " is a copy of the past",
          "It was opened as generation "
              + command.generation()
              + ", but the cluster has seen generation "
              + known.generation()
              + " of it: what was written since may be missing.");
    }
    if (known.up()) {
      groups.leave(index, known.id());
    }
    tables.change(
        new RcdChange.Disk(
            new DiskRecord(
                known.id(),
                command.node(),
                command.path(),
                command.capacityBytes(),
                command.generation(),
                known.pool(),
                true,
                known.speedPercent(),
                known.duty() == DiskDuty.DRAINING ? DiskDuty.DRAINING : DiskDuty.SERVING,
                index)));
    settleAnew(index, groups.comeBack(index, known.id()));
    groups.schedule(index);
    return RcdAnswer.done(0);
  }

  /** Any irregularity leads to a settle, the one recovery path: their volumes get a new epoch. */
  void settleAnew(long index, List<GroupRecord> healed) {
    SortedSet<Long> concerned = new TreeSet<>();
    healed.forEach(
        group -> concerned.addAll(tables.index().volumesOfClass.of(GroupClass.of(group))));
    concerned.forEach(number -> volumes.regrant(index, tables.volumes.get(number), groups));
  }

  /**
   * Volumes are settled anew before a group goes on alone: what was numbered before must not be
   * acknowledged by fewer than the minimum.
   */
  RcdAnswer goOnAlone(long index, GoOnAlone command) {
    List<GroupRecord> alone =
        groups.rebuildable().stream()
            .filter(group -> Objects.equals(command.epochs().get(group.number()), group.epoch()))
            .toList();
    settleAnew(index, alone);
    alone.forEach(group -> groups.goOnAlone(index, group));
    groups.schedule(index);
    return RcdAnswer.done(0);
  }

  RcdAnswer diskFailed(long index, DiskFailed command) {
    DiskRecord disk = tables.disks.get(command.disk());
    if (disk != null && disk.up() && disk.generation() == command.generation()) {
      UUID id = disk.id();
      tables.change(new RcdChange.Disk(disk.down(index)));
      groups.leave(index, id);
      groups.schedule(index);
    }
    return RcdAnswer.done(0);
  }

  private void checkPresent(NodeId id, long incarnation) {
    NodeRecord node = tables.nodes.get(id);
    if (!present(node, incarnation) || !node.serves()) {
      throw new AerieException(
          ErrorCode.FENCED, "Incarnation " + incarnation + " of node " + id + " is over");
    }
  }
}
