package io.aerie.engine.member;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.Target;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand.GroupEmptied;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Deletes what a disk has of groups that it left, one at a time, and tells RCD.
 *
 * <p>This node's replica may be behind: the disk may have been given the group again. So what an
 * owner began who knew a later epoch of the group is not deleted; and RCD takes no word of another
 * epoch. An owner that is behind may take it for a member still: it is refused ({@link
 * Member#base}), else what it brings would stay.
 */
final class Leftovers {
  private final NodeContext context;
  private final MemberDisk disk;
  private final Target target;

  /** Groups of which it was told, or is being told, under which epoch: that is done. */
  private final TreeMap<Long, Long> told = new TreeMap<>();

  private boolean working;

  Leftovers(NodeContext context, MemberDisk disk) {
    this.context = context;
    this.disk = disk;
    target = disk.target();
  }

  /** Something about the disk, or about a group that it left, is another. */
  void look() {
    if (working || disk.failed() || !serves()) {
      return;
    }
    told.keySet().removeIf(group -> !left(group));
    for (long number : context.rcd().leftBy(target.disk())) {
      GroupRecord group = context.rcd().groups().get(number);
      if (told.getOrDefault(number, -1L) != group.epoch()) {
        working = true;
        told.put(number, group.epoch());
        disk.deleteGroup(
            number,
            group.epoch(),
            volume -> context.rcd().volumes().containsKey(volume),
            () -> tell(number, group.epoch()));
        return;
      }
    }
  }

  /** In this opening; what was opened again is looked at anew. */
  private boolean serves() {
    Optional<DiskRecord> record = context.rcd().disk(target.disk());
    return record.filter(r -> r.up() && r.generation() == target.generation()).isPresent();
  }

  private boolean left(long group) {
    return context.rcd().leftBy(target.disk()).contains(group);
  }

  /** A word that was lost is said again. */
  private void tell(long group, long epoch) {
    boolean open = !disk.failed() && serves() && left(group);
    if (!open || context.rcd().groups().get(group).epoch() != epoch) {
      working = false;
      look();
      return;
    }
    context.submit(
        new GroupEmptied(target.disk(), target.generation(), group, epoch),
        (answer, failure) -> {
          if (failure != null) {
            context.later(Timing.ANSWER, () -> tell(group, epoch));
          } else {
            working = false;
            look();
          }
        });
  }
}
