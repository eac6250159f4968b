package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of owners: acknowledging, settling, bringing members back, serving clients. */
final class OwnerMutations {
  private OwnerMutations() {}

  static List<Mutation> all() {
    return Stream.of(
            acknowledging(), settling(), comparing(), copying(), serving(), comparingAndWriting())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Mutation> acknowledging() {
    return List.of(
        mutation("acknowledged-before-the-last-member", "rule 1: all of the acknowledgement set")
            .in(
                "owner/GroupStream",
                "heldByAcknowledging = Math.min(heldByAcknowledging, replica.held);",
                "heldByAcknowledging = heldByAcknowledging == Long.MAX_VALUE"
                    + " ? replica.held : Math.max(heldByAcknowledging, replica.held);")
            .seenBy("H17OneAccuserEndsNobodyTest"),
        mutation("proposed-member-not-awaited", "rule 1, H3: the maximal set")
            .in("owner/Replica", "return !rebuilding || awaited;", "return !rebuilding;")
            .seenBy("H03ReadmissionCountsBeforeItIsKnownTest"),
        mutation("frozen-group-acknowledges", "rule 4: nothing is acknowledged while frozen")
            .in(
                "owner/GroupStream",
                "if (group.settles() && !group.inSync().isEmpty() && heldByAcknowledging",
                "if (!group.inSync().isEmpty() && heldByAcknowledging")
            .in("owner/GroupStream", "return copyable() && !group.frozen();", "return copyable();")
            .in(
                "owner/GroupStream",
                "return state == State.SERVING && group.settles();",
                "return state == State.SERVING;")
            .seenBy("H16MinimumFreezesTest"),
        mutation("alone-acknowledges", "rule 4: what one alone kept waits for the minimum")
            .in(
                "owner/GroupStream",
                "if (state == State.SERVING && !group.frozen()) { reissue();",
                "if (state == State.SERVING) { reissue();")
            .seenBy("H16MinimumFreezesTest"),
        mutation("copied-without-lock-counts", "H16: it was written since, and held back")
            .in(
                "owner/Returner",
                "if (copying.get(block).isPresent() || stream.group().alone()) {",
                "if (!stopped) {")
            .seenBy("H16MinimumFreezesTest"),
        mutation("alone-waits-for-those-who-wait", "H16: who waits for the copy holds its lock")
            .in(
                "owner/Returner",
                "if (stream.group().alone()) { copying.put",
                "if (stopped) { copying.put")
            .seenBy("H16MinimumFreezesTest"),
        mutation("watermark-is-the-last-number", "rule 1: the watermark is what all hold")
            .in(
                "owner/GroupStream",
                "return new Point(epoch, watermark);",
                "return new Point(epoch, numbered);")
            .seenBy("H01TakeoverKeepsWhatAllHoldTest"),
        mutation("credits-not-shared", "H15: no two disks wait for each other with full logs")
            .in(
                "owner/Credits",
                "return Math.min(BYTES_MAX, ALL_OWNERS_BYTES_MAX / Math.max(1, owners.getAsInt()));",
                "return Math.min(BYTES_MAX, ALL_OWNERS_BYTES_MAX);")
            .seenBy("H15NothingPinsTheLogTest"),
        mutation(
                "old-writes-behind-reads",
                "H5: reads wait for what ended attachments have under way")
            .in(
                "owner/ReadOperation",
                "return volume.orphans().holdBack(place, first, count, this::start);",
                "return false;")
            .seenBy("H05OldAttachmentsAreRefusedTest"));
  }

  private static List<Mutation> settling() {
    return List.of(
        mutation("settle-keeps-only-the-watermark", "rule 5: what all that answered hold is kept")
            .in(
                "owner/Settlement",
                "while (true) {",
                "while (from != null) { if (from != null) {" + " return Optional.of(from); }")
            .in(
                "owner/Settlement",
                "from = least; if (!same) { return Optional.of(from); } }",
                "from = least; if (!same) { return Optional.of(from); } } return Optional.empty();")
            .seenBy("H01TakeoverKeepsWhatAllHoldTest"),
        mutation("settle-keeps-the-longest", "rule 5, H1: what somebody lacks is dropped")
            .in(
                "owner/Settlement",
                "if (next == null || (least != null && next.epoch() != least.epoch())) {"
                    + " return Optional.of(from); }",
                "if (next == null) { same = false; continue; } if (least != null && next.epoch() !="
                    + " least.epoch()) { return Optional.of(from); }")
            .in(
                "owner/Settlement",
                "next.compareTo(least) < 0 ? next : least;",
                "next.compareTo(least) > 0 ? next : least;")
            .seenBy("H01TakeoverKeepsWhatAllHoldTest"),
        mutation("settle-asks-stale-members", "H18: the group at the index of the grant")
            .in(
                "owner/GroupStream",
                "for (UUID disk : group.inSync()) { Optional<Map<Long, StreamState>> sealed",
                "for (UUID disk : group.members()) { Optional<Map<Long, StreamState>> sealed")
            .in(
                "owner/OwnedVolume",
                "for (UUID disk : stream.group().inSync()) {",
                "for (UUID disk : stream.group().members()) {")
            .seenBy("H18TakeoverAtTheGrantsIndexTest"),
        mutation("base-without-waiting-for-all", "rule 5: a group is asked until all have the base")
            .in("owner/GroupStream", "all &= replica.based;", "all |= replica.based;")
            .seenBy("ClientsOrderTest"),
        mutation("own-operations-all-kept", "rule 5: what was dropped is numbered again")
            .in(
                "owner/GroupStream",
                "entry.kept = entry.point.compareTo(kept) <= 0;",
                "entry.kept = true;")
            .seenBy("SameOwnerNewEpochTest"),
        mutation("own-operations-judged-again", "a settle judges what was numbered before it once")
            .in("owner/GroupStream", "if (!entry.judged) {", "if (true) {")
            .seenBy("SameOwnerNewEpochTest"));
  }

  private static List<Mutation> comparing() {
    return List.of(
        mutation("inventory-not-compared", "rule 7: whatever differs is copied")
            .in(
                "owner/CopySource",
                "!theirs.version().equals(ours.version()) ||",
                "ours.version() == null ||")
            .seenBy("H02NoEntryBeforeItsPredecessorTest"),
        mutation("older-in-place-of-differs", "rule 7, H4: differs, not older")
            .in(
                "owner/CopySource",
                "!theirs.version().equals(ours.version()) ||",
                "theirs.version().compareTo(ours.version()) < 0 ||")
            .isEquivalent(
                "a base drops what the member had in doubt, and what it settled everybody settled:"
                    + " its versions are never newer than the source's"),
        mutation("units-not-compared", "rule 7, H11: states of units differ too")
            .in(
                "owner/CopySource",
                "|| !theirs.units().equals(ours.units());",
                "|| ours.units() == null;")
            .isEquivalent("a version names one change, and with it the states that it left"),
        mutation("absent-blocks-not-removed", "rule 7, H11: presence differs too")
            .in("owner/Returner", "differing.addAll(left.keySet());", "left.clear();")
            .seenBy("LayersTest"),
        mutation(
                "in-flight-not-counted-as-differing", "rule 7: unsettled blocks at the base differ")
            .in("owner/Members", "returner.touch(entry.block);", "entry.block.hashCode();")
            .seenBy("io.aerie.sim.ReturnTest"));
  }

  private static List<Mutation> copying() {
    return List.of(
        mutation("new-writes-before-the-copy", "H2: nothing of a block that lacks something")
            .in(
                "owner/Returner",
                "return compared && !differing.contains(block);",
                "return !differing.contains(block) || compared;")
            .seenBy("H02NoEntryBeforeItsPredecessorTest"),
        mutation("copy-under-a-page-lock", "H9, H13: a copy holds its whole block")
            .in(
                "owner/Returner",
                "new RangeLocks.Lock(block, 0, Geometry.PAGES_PER_BLOCK, () -> fetch(block, 0));",
                "new RangeLocks.Lock(block, 0, 1, () -> fetch(block, 0));")
            .seenBy("H13CorruptionIsNotCopiedTest"),
        mutation("done-before-it-holds-all", "rule 7: done when it holds all that is settled")
            .in(
                "owner/Returner",
                "differing.isEmpty() && replica.held >= stream.watermark().sequence()",
                "differing.isEmpty()")
            .seenBy("H03ReadmissionCountsBeforeItIsKnownTest"),
        mutation("done-before-compared", "rule 7: done when nothing differs")
            .in("owner/Returner", "if (stopped || !compared) {", "if (stopped) {")
            .seenBy("H02NoEntryBeforeItsPredecessorTest"));
  }

  private static List<Mutation> comparingAndWriting() {
    return List.of(
        mutation("not-compared", "compare and write: written only if it is as expected")
            .in("owner/Expectation", "if (difference < 0) {", "if (difference < 0 || epoch >= 0) {")
            .seenBy("CompareAndWriteTest"),
        mutation("found-before-the-lock-was-let-go", "compare and write: nothing comes in between")
            .in("owner/Expectation", "void forget() { metEpoch = -1; }", "void forget() {}")
            .seenBy("CompareAndWriteTest"),
        mutation("difference-without-lease", "compare and write, H14: a refusal is a read")
            .in("owner/Expectation", "if (sameEpoch && context.leaseValid()) {", "if (sameEpoch) {")
            .seenBy("CompareAndWriteTest"),
        mutation(
                "difference-not-remembered",
                "compare and write, H6: a repeated request is answered the same")
            .in(
                "owner/Session",
                "if (read || status == Status.REFUSED) {",
                "if (read || status == Status.REFUSED || status == Status.MISCOMPARE) {")
            .seenBy("CompareAndWriteTest"),
        mutation("compared-by-two-owners", "compare and write: one owner at most is asked")
            .in("client/ClientSession", "part.sentEpoch = epoch;", "part.sentEpoch = -1;")
            .seenBy("CompareAndWriteTest"),
        mutation("joins-other-writes", "compare and write: what expects something goes alone")
            .in(
                "owner/RowWrite",
                "if (expectation == null && last != null && last.takes(rows, request)) {",
                "if (last != null && last.takes(rows, request)) {")
            .in(
                "owner/RowWrite",
                "return waiting && expectation == null && rows.firstRow()",
                "return waiting && rows.firstRow()")
            .seenBy("CompareAndWriteTest"));
  }

  private static List<Mutation> serving() {
    return List.of(
        mutation("lease-not-asked", "rule 6, H14: reads need a lease")
            .in("owner/ReadOperation", "if (!context.leaseValid()) {", "if (context.over()) {")
            .in(
                "owner/ReadOperation",
                "|| !context.leaseValid() || stream.epoch() != epoch) {",
                "|| stream.epoch() != epoch) {")
            .seenBy("H14LeasesEndTest"),
        mutation("lease-asked-only-on-arrival", "rule 2, H14: and when the read is complete")
            .in(
                "owner/ReadOperation",
                "|| !context.leaseValid() || stream.epoch() != epoch) {",
                "|| stream.epoch() != epoch) {")
            .seenBy("H14LeasesEndTest"),
        mutation("request-of-any-ownership", "H6: a request names the ownership it was meant for")
            .in("owner/OwnedVolume", "request.epoch() != volume.epoch()", "request.epoch() < 0")
            .seenBy("H06NoGhostWritesTest"),
        mutation("attachment-not-checked", "H5: owners refuse attachments that ended")
            .in(
                "owner/OwnedVolume",
                "|| attachment == null || attachment.volume() != volume.number() ||"
                    + " !attachment.node().equals(from)) {",
                "|| (attachment == null && request.generation() < 0)) {")
            .in(
                "owner/OwnedVolume",
                "Session session = sessions.remove(generation);",
                "Session session = null;")
            .seenBy("H05OldAttachmentsAreRefusedTest"),
        mutation("parked-writes-survive-their-session", "rule 9, H6: parked commands die")
            .in(
                "owner/WriteOperation",
                "if (session.ended() || volume.stopped()) {",
                "if (volume.stopped()) {")
            .seenBy("H06NoGhostWritesTest"),
        mutation("each-refusal-asks-again", "retries stay bounded")
            .in("client/ClientSession", "if (part.retrying) {", "if (part.length < 0) {")
            .seenBy("RetriesTest"),
        mutation("answers-not-remembered", "H6: a repeated request is done at most once")
            .in(
                "owner/Session",
                "parts.put(number, new Ended(status, data));",
                "parts.remove(number);")
            .seenBy("ClientsOrderTest"),
        mutation("locks-of-pages-ignored", "rule 1: overlapping writes one after the other")
            .in(
                "owner/RangeLocks",
                "if (queue.get(i).overlaps(lock)) {",
                "if (queue.get(i).overlaps(lock) && lock.pageCount > 64) {")
            .seenBy("ClientsOrderTest"));
  }
}
