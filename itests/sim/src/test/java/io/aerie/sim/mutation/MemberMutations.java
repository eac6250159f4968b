package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of members, leases and voters. */
final class MemberMutations {
  private MemberMutations() {}

  static List<Mutation> all() {
    return Stream.of(entries(), watermarks(), leases()).flatMap(List::stream).toList();
  }

  private static List<Mutation> entries() {
    return List.of(
        mutation("no-epoch-check", "rule 1: members refuse what is older")
            .in(
                "member/Member",
                "return epoch >= Math.max(known, sealed.getOrDefault(volume, 0L)) &&",
                "return known >= 0 &&")
            .seenBy("H26SealsSurviveRestartsTest"),
        mutation("seal-not-remembered", "rule 5: a seal refuses lower epochs at once")
            .in(
                "member/Member",
                "sealed.merge(volume, message.epoch(), Math::max);",
                "sealed.remove(volume);")
            .seenBy("H26SealsSurviveRestartsTest"),
        mutation("seal-before-the-disk-is-idle", "rule 5: a seal tells what is on its way, too")
            .in("member/MemberDisk", "whenIdle(of, whenKnown);", "whenKnown.run();")
            .seenBy("H26SealsSurviveRestartsTest"),
        mutation("seal-overtakes-a-base", "rule 5: a seal waits for a base on its way, too")
            .in("member/MemberDisk", "stream.inFlight++; store.base(", "store.base(")
            .in(
                "member/MemberDisk",
                "stream.inFlight--; if (failure != null) { Status status = statusOf(failure);"
                    + " stream.basing = false;",
                "if (failure != null) { Status status = statusOf(failure); stream.basing = false;")
            .seenBy("LateBaseTest"),
        mutation("gap-taken", "a member accepts only the next entry (H2)")
            .in(
                "member/MemberDisk",
                "if (sequence == stream.accepted + 1) { stream.accepted++;",
                "if (sequence > stream.accepted) { stream.accepted = sequence;")
            .seenBy("H02NoEntryBeforeItsPredecessorTest"),
        mutation("applied-before-settled", "what is in doubt touches no slot")
            .in(
                "member/MemberDisk",
                "long watermark = Math.min(stream.told, stream.held);",
                "long watermark = stream.held;")
            .seenBy("H01TakeoverKeepsWhatAllHoldTest"),
        mutation("held-before-durable", "rule 1: on stable storage")
            .in(
                "member/MemberDisk",
                "stream.accepted++; stream.inFlight++;",
                "stream.accepted++; stream.inFlight++; answer(owner, stream, Status.DONE);")
            .in(
                "member/MemberDisk",
                "target, stream.key, stream.epoch, status, stream.held, stream.accepted + 1));",
                "target, stream.key, stream.epoch, status, stream.accepted, stream.accepted + 1));")
            .seenBy("H08NothingIsHeldBeforeItIsDurableTest"),
        mutation("generation-not-compared", "H20: an older opening's messages are refused")
            .in(
                "member/Member",
                "|| !disk.target().equals(target) ? null : disk;",
                "? null : disk;")
            .seenBy("H20DisksAreWhoTheyAreTest"),
        mutation("late-base-obeyed", "a late repetition of a base is told by its number")
            .in(
                "member/MemberDisk",
                "boolean late = base.epoch() == stream.epoch && message.request() <="
                    + " stream.baseRequest;",
                "boolean late = false;")
            .seenBy("LateBaseTest"));
  }

  private static List<Mutation> watermarks() {
    return List.of(
        mutation("read-behind-the-watermark", "rule 2: reads see all that is settled")
            .in("member/MemberDisk", "|| stream.held < watermark.sequence()) {", ") {")
            .in(
                "member/MemberDisk",
                "stream.told = Math.max(stream.told, watermark.sequence()); settle(stream);"
                    + " return true;",
                "return true;")
            .seenBy("ClientsOrderTest"),
        mutation("epoch-not-checked-at-completion", "rule 2: the member checks again")
            .in(
                "member/Member",
                "return disk.stream(stream) == asked && current(stream.volume(), watermark.epoch());",
                "return disk.stream(stream) == asked && watermark.epoch() >= 0;")
            .isEquivalent(
                "the owner asks its lease and its epoch when the answer comes; the member's check"
                    + " only answers sooner"),
        mutation("base-of-what-was-left", "an owner that is behind brings nothing to what left")
            .in("member/Member", "&& groupEpoch <= group.epoch()", "&& groupEpoch < 0")
            .seenBy("RebalancingTest"),
        mutation("deleted-though-given-again", "what a disk was given again is not deleted")
            .in("member/MemberDisk", "&& stream.groupEpoch <= epoch", "")
            .seenBy("RebalancingTest"),
        mutation("served-while-it-is-deleted", "what a disk left is not served")
            .in("member/MemberDisk", "of.forEach(streams::remove);", "")
            .seenBy("RebalancingTest"),
        mutation("deleted-volumes-kept", "H11: what was deleted meanwhile is deleted on return")
            .in(
                "member/Member",
                "if (context.rcd().deletedVolumes().contains(volume)) {",
                "if (volume < 0) {")
            .seenBy("H11NothingDeletedComesBackTest"));
  }

  private static List<Mutation> leases() {
    return List.of(
        mutation("lease-of-one-voter", "rule 6, H14: a majority answers")
            .in("node/Lease", "int majority = voters.size() / 2 + 1;", "int majority = 1;")
            .seenBy("H14LeasesEndTest"),
        mutation("lease-from-the-answer", "rule 6: the send time of the beat counts")
            .in(
                "node/Lease",
                "answered.merge(voter, answer.sentNanos(), Math::max);",
                "answered.merge(voter, context.now() + 500_000_000L, Math::max);")
            .seenBy("H14LeasesEndTest"),
        mutation("expired-without-waiting", "rule 6: all leases are over first")
            .in(
                "node/Voter",
                "suspicion.leaseEnds.values().stream().allMatch(end -> context.now() - end > 0);",
                "suspicion.leaseEnds.values().stream().allMatch(end -> end != 0);")
            .seenBy("H14LeasesEndTest"),
        mutation("suspects-are-answered", "rule 6: voters stop answering a suspect")
            .in(
                "node/Voter",
                "suspicionOf(node, of).heardAgain = true; return; }",
                "of.silentNanos = 0; }")
            .seenBy("H14LeasesEndTest"),
        mutation("leaders-standstill-is-others-silence", "H17: silence while listening counts")
            .in(
                "node/Voter",
                "long nanos = Math.min(now - watchedNanos, 2 * Timing.WATCH);",
                "long nanos = now - watchedNanos;")
            .seenBy("H17OneAccuserEndsNobodyTest"));
  }
}
