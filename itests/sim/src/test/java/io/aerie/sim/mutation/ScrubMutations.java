package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;

/** Bugs of repair, scrub and quarantine. */
final class ScrubMutations {
  private ScrubMutations() {}

  static List<Mutation> all() {
    return List.of(
        mutation("repair-without-a-lock", "H13: never older data over newer")
            .in(
                "owner/BlockCheck",
                "new RangeLocks.Lock(block, 0, Geometry.PAGES_PER_BLOCK, this::start);",
                "new RangeLocks.Lock(block, 0, 0, this::start);")
            .seenBy("H13CorruptionIsRepairedTest"),
        mutation("repair-from-an-unverified-source", "H13: only from what is known to be right")
            .in("owner/CopyRepair", "if (best.size() * 2 <= undamaged) {", "if (best.isEmpty()) {")
            .seenBy("ScrubTest"),
        mutation("damage-not-reported", "check 6: what a read finds is repaired")
            .in(
                "owner/PageReader",
                "stream.volume().repairs().report(stream, blocks, replica.target.disk());",
                "context.event(\"wrong checksum\");")
            .seenBy("H13CorruptionIsRepairedTest"),
        mutation("scrub-compares-only-versions", "rule 7: content is compared, too")
            .in(
                "owner/Findings",
                "return behind.isEmpty() && wrong.isEmpty() && hopelessPages == 0;",
                "return behind.isEmpty();")
            .seenBy("ScrubTest"),
        mutation("lost-blocks-not-noticed", "rule 7: presence and versions are compared")
            .in("owner/Findings", "behind.add(report.getKey());", "report.getKey();")
            .seenBy("ScrubTest"),
        mutation("rows-not-compared", "H9: data is what its row says")
            .in(
                "owner/StripeRepair",
                "wrong = !agrees(fragment.getKey(), page, checksums, sums);",
                "agrees(fragment.getKey(), page, checksums, sums);")
            .seenBy("ScrubTest"),
        mutation("damage-not-told", "check 6: a member says what it finds damaged")
            .in(
                "disk/BlockReader",
                "if (damaged == null) { return damaged(page); } damaged.set(page);",
                "if (damaged == null) { return damaged(page); }")
            .seenBy("ScrubTest"),
        mutation("quarantine-deletes", "rule 10: the unknown is kept")
            .in(
                "member/Member",
                "if (context.rcd().deletedVolumes().contains(volume)) { disk.deleteVolume(volume);",
                "if (!context.rcd().volumes().containsKey(volume)) { disk.deleteVolume(volume);")
            .seenBy("QuarantineTest"),
        mutation("forgotten-numbers-given-again", "rule 10: numbers are never given again")
            .in("rcd/ScrubRules", "if (number >= tables.nextNumber) {", "if (number < 0) {")
            .seenBy("QuarantineTest"));
  }
}
