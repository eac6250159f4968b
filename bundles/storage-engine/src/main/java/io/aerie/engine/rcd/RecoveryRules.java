package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.RcdCommand.AcceptStale;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Groups of which nobody complete is left go on with a copy that is not. What it lacks is lost: so
 * everybody who might bring it must have been given up before, and is stale from then on.
 */
final class RecoveryRules {
  private final RcdTables tables;
  private final NodeRules nodes;
  private final GroupRules groups;
  private final ConversionRules conversions;

  RecoveryRules(RcdTables tables, NodeRules nodes, GroupRules groups, ConversionRules conversions) {
    this.tables = tables;
    this.nodes = nodes;
    this.groups = groups;
    this.conversions = conversions;
  }

  RcdAnswer accept(long index, AcceptStale command) {
    List<GroupRecord> taken = new ArrayList<>();
    for (var copy : command.copies().entrySet()) {
      GroupRecord group = tables.groups.get(copy.getKey());
      if (group == null) {
        throw RcdRules.notFound("group", copy.getKey());
      }
      if (!group.inSync().contains(copy.getValue().disk())) {
        check(group, copy.getValue());
        taken.add(group);
      }
    }
    // As for those that go on alone: what was numbered before must not be under way any more.
    nodes.settleAnew(index, taken);
    taken.forEach(group -> fillAnew(index, group));
    for (GroupRecord group : taken) {
      groups.accept(index, group, command.copies().get(group.number()).disk());
    }
    groups.schedule(index);
    return RcdAnswer.done(taken.size());
  }

  /** What a volume is made of is still there as long as it is being filled. */
  private void fillAnew(long index, GroupRecord group) {
    for (long number : List.copyOf(tables.index().volumesOfClass.of(GroupClass.of(group)))) {
      VolumeRecord volume = tables.volumes.get(number);
      if (conversions.fills(volume)) {
        tables.change(
            new RcdChange.Volume(
                volume.converting(volume.conversion().fromTheFirst(), volume.wanted(), index)));
      }
    }
  }

  /** Why a copy of a group can't be taken as things are; empty when it can. */
  Optional<AerieException> refusal(GroupRecord group, UUID disk) {
    try {
      check(group, new AcceptStale.Copy(group.epoch(), disk));
      return Optional.empty();
    } catch (AerieException e) {
      return Optional.of(e);
    }
  }

  private void check(GroupRecord group, AcceptStale.Copy copy) {
    if (group.epoch() != copy.epoch()) {
      throw RcdRules.precondition(
          "Group " + group.number() + " has changed",
          "Its epoch is " + group.epoch() + ", not " + copy.epoch() + ".");
    }
    requireAccepting(group);
    if (!group.incomplete().contains(copy.disk()) || !tables.disks.get(copy.disk()).up()) {
      throw new AerieException(
          ErrorCode.NOT_RECOVERABLE,
          "Disk " + copy.disk() + " has no copy of group " + group.number() + " to be taken",
          "It is no member that is stale or being rebuilt, or it does not serve.",
          "Bring its node back first.");
    }
  }

  /** Refuses while somebody who is complete is there, or may come back. */
  private void requireAccepting(GroupRecord group) {
    if (group.redundancy().striped()) {
      throw new AerieException(
          ErrorCode.NOT_RECOVERABLE,
          "Group " + group.number() + " has fragments, not copies",
          "Fragments of different age make no data, and are not told apart row by row.",
          "Bring back the disks that it waits for.");
    }
    List<String> complete =
        group.complete().stream()
            .map(tables.disks::get)
            .filter(disk -> !givenUp(group, disk))
            .map(disk -> disk.id() + " of node " + disk.node())
            .toList();
    if (!complete.isEmpty()) {
      throw new AerieException(
          ErrorCode.MEMBER_MAY_RETURN,
          "Group " + group.number() + " has complete members that are there, or may come back",
          "These disks have everything: " + String.join(", ", complete) + ".",
          "Bring them back. If they are lost for good give them up first: disk:fail.");
    }
  }

  private static boolean givenUp(GroupRecord group, DiskRecord disk) {
    return group.eligible().contains(disk.id()) && disk.duty() == DiskDuty.ABSENT;
  }
}
