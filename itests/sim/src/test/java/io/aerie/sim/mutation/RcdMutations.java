package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of RCD's state machine. */
final class RcdMutations {
  private RcdMutations() {}

  static List<Mutation> all() {
    return Stream.of(
            groups(), returns(), nodesAndDisks(), departures(), placement(), moves(), balance())
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
            .in("rcd/GroupDraft", "frozen = false; leaveBehind();", "frozen = false;")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("frozen-though-enough-are-complete", "rule 4: with enough in sync it serves")
            .in("rcd/GroupRules", "if (draft.frozen) {", "if (draft.inSync.isEmpty()) {")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"));
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
                    + " if (draft.from.replaces(disk)) {",
                "if (!draft.rebuilding.remove(disk)) { return; } draft.inSync.add(disk);"
                    + " if (draft.from.replaces(disk)) {")
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
        mutation("alone-without-a-settle", "rule 4: what was numbered before is settled anew")
            .in("rcd/NodeRules", "settleAnew(index, alone);", "")
            .seenBy("H16MinimumFreezesTest"),
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
                "if (node.acknowledgements().size() <= tables.voters().size() / 2) {",
                "if (node.acknowledgements().isEmpty()) {")
            .in(
                "node/Voter",
                "int majority = context.rcd().voters().size() / 2 + 1;",
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
                "if (node.acknowledgements().size() <= tables.voters().size() / 2) {",
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

  private static List<Mutation> departures() {
    return List.of(
        mutation("leaving-node-lives-on", "who is to leave ends its life")
            .in(
                "node/StorageNode",
                "if (self && node.leaving()) {",
                "if (self && started && !started) {")
            .seenBy("RemovedNodesTest"),
        mutation("removed-node-is-answered", "rule 6: a removed node gets no lease")
            .in(
                "node/Voter",
                "beat.incarnation() <= context.rcd().lastIncarnation(from)",
                "beat.incarnation() < 0")
            .seenBy("RemovedNodesTest"),
        mutation("removed-voter-counts", "rule 6: a majority of those that vote still")
            .in("node/Lease", "answered.keySet().retainAll(voters);", "")
            .seenBy("RemovedNodesTest"),
        mutation("removed-accuser-counts", "rule 6: a majority of those that vote still")
            .in(
                "rcd/DepartureRules",
                "if (other.acknowledgements().containsKey(gone)) {",
                "if (other.acknowledgements().size() > 99) {")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"),
        mutation("removed-accuser-speaks-late", "rule 6: a majority of those that vote still")
            .in("rcd/NodeRules", "&& tables.voters().contains(command.voter())", "")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"),
        mutation("forgotten-alive", "who may hold a lease still votes")
            .in(
                "rcd/DepartureRules",
                "if (!node.leaving() || node.state() != NodeState.DOWN) {",
                "if (!node.leaving()) {")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"),
        mutation("silenced-voter-counts", "rule 6: who left is no part of a majority")
            .in(
                "node/Lease",
                "int majority = voters.size() / 2 + 1;",
                "int majority = context.rcd().nodes().size() / 2 + 1;")
            .seenBy("RemovedNodesTest"),
        mutation("silenced-one-by-one", "rule 6: an owner lags behind one removal at most")
            .in(
                "rcd/DepartureRules",
                "if (!other.votes() && !other.id().equals(node.id())) {",
                "if (other == null) {")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"),
        mutation("forgotten-with-a-vote", "a vote ends before its node is forgotten")
            .in("rcd/DepartureRules", "    if (node.votes()) {", "    if (node == null) {")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"),
        mutation("leaving-node-owns", "who is to leave gets no volume")
            .in(
                "rcd/RcdIndex",
                "node.state() == NodeState.UP && !node.leaving()",
                "node.state() == NodeState.UP")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"),
        mutation("former-numbers-begin-anew", "a name's next life goes on counting")
            .in(
                "rcd/NodeRules",
                "long last = tables.lastIncarnation(command.node());",
                "long last = known == null ? 0 : known.incarnation();")
            .seenBy("io.aerie.engine.rcd.DepartureRulesTest"));
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

  private static List<Mutation> moves() {
    return List.of(
        mutation("cancelled-successor-stays", "a replacement ends with its target's life")
            .in(
                "rcd/GroupRules",
                "if (group.replaces(disk)) { replacements.cancel(index, group); continue; }",
                "if (disk == null) { continue; }")
            .seenBy("MovingMembersTest"),
        mutation("drained-without-a-place", "what has nowhere to go is not drained")
            .in("rcd/DutyRules", "targets = places(disks);", "targets = new TreeMap<>();")
            .in(
                "rcd/DutyRules",
                "private SortedMap<UUID, Integer> places(",
                "SortedMap<UUID, Integer> places(")
            .seenBy("MovingMembersTest"),
        mutation("removed-with-members", "what groups still have is not removed")
            .in("rcd/DutyRules", "if (count > 0) {", "if (count > 99) {")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("removed-while-it-serves", "what may get members at any time is not removed")
            .in("rcd/DutyRules", "if (disk.duty() == DiskDuty.SERVING) {", "if (disk == null) {")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("removed-comes-back", "a removed disk is brought back by nobody")
            .in("rcd/RcdRules", "if (disk == null || disk.removed()) {", "if (disk == null) {")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("successor-beside-a-member", "no two members of a group in one failure domain")
            .in(
                "rcd/Replacements",
                ".filter(disk -> !used.contains(topology.domain(disk)))",
                ".filter(disk -> used.size() < 99)")
            .seenBy("io.aerie.engine.rcd.FailureDomainTest"),
        mutation("two-moves-to-a-disk", "rule 7: one resynchronisation at a time on a disk")
            .in(
                "rcd/Replacements",
                "disk -> tables.index().rebuildingOfDisk.of(disk).isEmpty()",
                "disk -> disk != null")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("moves-in-any-order", "rule 7: least protected groups first")
            .in(
                "rcd/Replacements",
                "(Candidate c) -> GroupRules.spareCount(c.group())",
                "(Candidate c) -> 0")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("frozen-groups-move", "what a copy is made of might still be dropped")
            .in("rcd/Replacements", "&& group.settles() && !group.inSync().isEmpty()", "")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("room-counted-twice", "what a disk still has of a group is counted once")
            .in(
                "rcd/Replacements",
                "return RcdIndex.holders(group).contains(disk) ? share : share",
                "return share")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("absence-never-proposed", "who stays away is replaced")
            .in("node/StorageNode", "new Absences(context), ", "")
            .seenBy("MovingMembersTest"),
        mutation("broken-disk-waited-for", "a disk that broke is replaced at once")
            .in("member/FailureReport", "answer -> giveUp()", "answer -> {}")
            .seenBy("MovingMembersTest"));
  }

  private static List<Mutation> balance() {
    return List.of(
        mutation("balanced-beside-a-member", "no two members of a group in one failure domain")
            .in(
                "rcd/BalanceSketch",
                "&& !used.contains(topology.domain(tables.disks.get(to)))",
                "&& used.size() < 99")
            .seenBy("io.aerie.engine.rcd.BalanceEndsTest"),
        mutation("balanced-without-what-moves", "each move makes shares more equal: it ends")
            .in(
                "rcd/BalanceSketch",
                "List<UUID> then = group.membersAfter();",
                "List<UUID> then = group.members();")
            .seenBy("io.aerie.engine.rcd.BalanceEndsTest"),
        mutation("balanced-out-of-order", "each move makes shares more equal: it ends")
            .in("rcd/Balancing", "&& !waiting.blocks(move)", "")
            .seenBy("io.aerie.engine.rcd.BalanceEndsTest"),
        mutation("balanced-before-rebuilt", "rule 7: least protected groups first")
            .in(
                "rcd/Balancing",
                "return groups(pool).stream().allMatch(group -> group.whole() && !group.frozen());",
                "return true;")
            .seenBy("io.aerie.engine.rcd.BalancingTest"),
        mutation("balance-makes-no-way", "what is to be emptied goes before")
            .in(
                "rcd/Replacements",
                ".or(() -> target(candidate, disk -> balancedBy(disk).isPresent()))",
                "")
            .seenBy("io.aerie.engine.rcd.BalancingTest"),
        mutation("successor-located-beside-a-member", "nor who is to be a member")
            .in("rcd/TopologyRules", "check(group, group.membersAfter(), topology);", "")
            .seenBy("io.aerie.engine.rcd.BalancingTest"),
        mutation("begun-anew-when-called-off", "what was called off is not begun by itself")
            .in("rcd/Balancing", "&& !calledOff(pool)", "")
            .seenBy("io.aerie.engine.rcd.BalancingTest"),
        mutation("left-is-never-deleted", "what a disk left is deleted")
            .in("node/StorageNode", "group.ifPresent(member::onGroup);", "")
            .seenBy("RebalancingTest"),
        mutation("emptied-under-another-epoch", "what the disk got since is not forgotten")
            .in(
                "rcd/GroupRules",
                "if (group.epoch() != command.groupEpoch()) { throw RcdRules.precondition(\"The group has changed\", \"Its epoch is \"",
                "if (group.epoch() < 0) { throw RcdRules.precondition(\"The group has changed\", \"Its epoch is \"")
            .seenBy("io.aerie.engine.rcd.ReplacementsTest"),
        mutation("never-balanced-by-itself", "disks that came get what they are due")
            .in("node/StorageNode", "new UnbalancedPools(context), ", "")
            .seenBy("RebalancingTest"));
  }
}
