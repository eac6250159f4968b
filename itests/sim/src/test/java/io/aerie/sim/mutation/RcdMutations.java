package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of RCD's state machine. */
final class RcdMutations {
  private RcdMutations() {}

  static List<Mutation> all() {
    return Stream.of(groups(), returns(), nodesAndDisks(), placement())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Mutation> groups() {
    return List.of(
        mutation("minimum-of-one", "rule 4: rf3 needs two")
            .in(
                "rcd/Redundancy",
                "return parityCount == 1 ? dataCount : dataCount + 1;",
                "return dataCount;")
            .seenBy("H16MinimumFreezesTest"),
        mutation("stale-counts-as-complete", "rule 4: who left while others went on is stale")
            .in(
                "rcd/GroupRules",
                "draft.stale.put(disk, draft.nextEpoch()); } else { draft.frozen = true;",
                "draft.eligible.add(disk); } else { draft.frozen = true;")
            .seenBy("H02NoEntryBeforeItsPredecessorTest"),
        mutation("away-stays-complete", "rule 4: who is away when a group serves again is stale")
            .in(
                "rcd/GroupRules",
                "draft.eligible.forEach(away -> draft.stale.put(away, draft.nextEpoch()));"
                    + " draft.eligible.clear();",
                "draft.frozen = false;")
            .isEquivalent(
                "the minimum is all copies but one, so at most one member is away, and it was stale"
                    + " before the group froze; not so with EC of two parities and more"));
  }

  private static List<Mutation> returns() {
    return List.of(
        mutation("one-volume-done-is-all-done", "rule 7, H19: all volumes of the group")
            .in(
                "rcd/GroupRules",
                "if (tables.pendingOf(group, disk).isEmpty()) {",
                "if (tables.groups.containsKey(group)) {")
            .in(
                "rcd/GroupRules",
                "draft.rebuilding.remove(disk); draft.inSync.add(disk);"
                    + " tables.change(new RcdChange.Group(draft.done(index)));",
                "if (!draft.rebuilding.remove(disk)) { return; } draft.inSync.add(disk);"
                    + " tables.change(new RcdChange.Group(draft.done(index)));")
            .seenBy("H19AllVolumesBeforeInSyncTest"),
        mutation("new-owner-not-pending", "rule 7, H19: a new owner compares anew")
            .in(
                "rcd/VolumeRules",
                "tables.change(new RcdChange.Volume(granted)); groups.addPending(granted);",
                "tables.change(new RcdChange.Volume(granted));")
            .seenBy("H19AllVolumesBeforeInSyncTest"),
        mutation("done-of-a-former-owner", "rule 7: checked against the volume's epoch")
            .in(
                "rcd/GroupRules",
                "if (volume.epoch() != command.volumeEpoch()) {",
                "if (volume.epoch() < command.volumeEpoch()) {")
            .seenBy("H19AllVolumesBeforeInSyncTest"),
        mutation("two-resynchronisations-on-a-disk", "rule 7: one at a time")
            .in(
                "rcd/GroupRules",
                "if (!tables.index().rebuildingOfDisk.of(disk).isEmpty()) { return false; }",
                "")
            .seenBySeeds(2, 39),
        mutation("eligible-returns-without-a-settle", "rule 4: volumes are settled anew")
            .in(
                "rcd/NodeRules",
                "settleAnew(index, groups.comeBack(index, known.id()));",
                "groups.comeBack(index, known.id());")
            .seenBy("H16MinimumFreezesTest"));
  }

  private static List<Mutation> nodesAndDisks() {
    return List.of(
        mutation("expired-by-a-minority", "rule 6: a majority of voters has stopped answering")
            .in(
                "rcd/NodeRules",
                "if (node.acknowledgements().size() <= tables.nodes.size() / 2) {",
                "if (node.acknowledgements().isEmpty()) {")
            .in(
                "node/Voter",
                "int majority = context.rcd().nodes().size() / 2 + 1;",
                "int majority = 1;")
            .seenBy("H14LeasesEndTest"),
        mutation("late-expire-obeyed", "rule 6: an Expire names its suspicion")
            .in(
                "rcd/NodeRules",
                "return present(node, incarnation) && node.state() == NodeState.SUSPECT &&"
                    + " node.suspicion() == suspicion;",
                "return present(node, incarnation) && suspicion > 0;")
            .in(
                "rcd/NodeRules",
                "if (node.acknowledgements().size() <= tables.nodes.size() / 2) {",
                "if (node.state() == NodeState.DOWN) {")
            .seenBy("H17OneAccuserEndsNobodyTest"),
        mutation("copy-of-the-past-admitted", "H7: a lower generation is a copy of the past")
            .in(
                "rcd/NodeRules",
                "if (command.generation() <= known.generation()) {",
                "if (command.generation() < 0) {")
            .seenBy("H07RotIsNoTornTailTest"),
        mutation("copy-of-the-past-stays-complete", "H7: a copy of the past is stale")
            .in("rcd/NodeRules", "groups.distrust(index, known.id());", "known.id().hashCode();")
            .seenBy("H07RotIsNoTornTailTest"),
        mutation("copy-in-another-node-admitted", "H20: a disk belongs to its node")
            .in(
                "rcd/NodeRules",
                "if (!known.node().equals(command.node())) {",
                "if (command.path().isEmpty()) {")
            .seenBy("H20DisksAreWhoTheyAreTest"),
        mutation("owner-not-replaced", "rule 5: whatever the dead node owned is granted")
            .in(
                "rcd/NodeRules",
                "grant(index, tables.index().volumesOfOwner.of(node.id()));",
                "grant(index, tables.index().ownerless);")
            .seenBy("H01TakeoverKeepsWhatAllHoldTest"));
  }

  private static List<Mutation> placement() {
    return List.of(
        mutation("racks-ignored", "no two members of a group in one failure domain")
            .in(
                "rcd/Topology",
                "if (placed && !node.rack().isEmpty()) {",
                "if (placed && node.rack().length() > 99) {")
            .seenBy("io.aerie.engine.rcd.FailureDomainTest"),
        mutation("place-forgotten-by-the-next-life", "a node stands where it stood")
            .in("rcd/NodeRules", "known == null ? \"\" : known.rack(),", "\"\",")
            .seenBy("io.aerie.engine.rcd.FailureDomainTest"));
  }
}
