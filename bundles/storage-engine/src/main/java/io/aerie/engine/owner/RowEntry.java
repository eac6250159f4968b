package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Makes what one entry does at each member out of what is to be written to a stripe: reads what the
 * parities need, and computes. The caller holds the rows' lock, and may number what comes of it as
 * long as it covers the acknowledgement set.
 */
final class RowEntry {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once.
     *
     * @param status DONE; CORRUPT when what is needed can't be read in any way; else to be tried
     *     again
     */
    void done(Status status, MemberChanges changes);
  }

  private final NodeContext context;
  private final GroupStream stream;
  private final List<PlacePart> parts;
  private final Outcome outcome;

  private RowEntry(
      NodeContext context, GroupStream stream, List<PlacePart> parts, Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.parts = List.copyOf(parts);
    this.outcome = outcome;
  }

  /**
   * Begins at once, and ends at once where nothing is to be read.
   *
   * @param parts of one stripe; a later one lies over an earlier one
   */
  static void make(
      NodeContext context, GroupStream stream, List<PlacePart> parts, Outcome outcome) {
    new RowEntry(context, stream, parts, outcome).make(RowPlan.Way.LEAST);
  }

  private BlockKey stripe() {
    return parts.get(0).place();
  }

  private void make(RowPlan.Way way) {
    RowPlan plan = plan(way);
    if (!plan.reads()) {
      outcome.done(Status.DONE, ofMembers(plan.compute(null)));
      return;
    }
    new RowFetch(
            context,
            stream,
            stripe(),
            plan.hull(),
            plan.wanted(),
            true,
            plan.needsSums(),
            (status, rows) -> {
              if (status == Status.DONE) {
                outcome.done(status, ofMembers(plan.compute(rows)));
              } else if (status == Status.CORRUPT && mayGo(plan.otherWay())) {
                make(plan.otherWay());
              } else {
                outcome.done(status, null);
              }
            })
        .start();
  }

  /**
   * All rows of a page of row checksums are not made anew where some of them may lie in a layer
   * below: they would cover it.
   */
  private boolean mayGo(RowPlan.Way way) {
    return way != null && (way != RowPlan.Way.RENEW || !stream.volume().record().layered());
  }

  private RowPlan plan(RowPlan.Way way) {
    OwnedVolume volume = stream.volume();
    int having = 0;
    int taking = 0;
    for (Replica replica : stream.acknowledging()) {
      having |= 1 << volume.fragmentOf(replica.target.disk(), stripe());
    }
    for (UUID disk : stream.group().disks()) {
      boolean takes = stream.takes(disk, stripe());
      taking |= takes ? 1 << volume.fragmentOf(disk, stripe()) : 0;
    }
    return new RowPlan(
        context.codes().of(volume.map().scheme()), volume.map(), parts, having, taking, way);
  }

  private MemberChanges ofMembers(Map<Integer, Change> changesOfFragments) {
    Map<UUID, Change> each = new HashMap<>();
    for (UUID disk : stream.group().disks()) {
      Change change = changesOfFragments.get(stream.volume().fragmentOf(disk, stripe()));
      if (change != null) {
        each.put(disk, change);
      }
    }
    return MemberChanges.each(each);
  }
}
