package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;

/** Bugs of another protection: of clones, and of volumes that are in use. */
final class ConversionMutations {
  private static final String RULES = "io.aerie.engine.rcd.ConversionTest";

  private ConversionMutations() {}

  static List<Mutation> all() {
    return List.of(
        mutation("origin-by-the-clones-places", "rule 8: an origin is asked by bytes")
            .in(
                "owner/OriginPages",
                "index * clone.redundancy().spanBytes()",
                "index * (long) Geometry.BLOCK_BYTES")
            .seenBy("OtherProtectionTest"),
        mutation("origin-units-by-the-clones-places", "rule 8: an origin is asked by bytes")
            .in(
                "owner/UnitMap",
                "of.units().position() + skip + unit",
                "of.units().position() + unit")
            .seenBy("OtherProtectionTest"),
        mutation("filled-without-a-lock", "rule 8: what clients write is not covered by a fill")
            .in("owner/OriginFill", "volume.locks().acquire(lock);", "locked();")
            .seenBy("ConversionTest"),
        mutation("done-before-all-is-filled", "rule 8: a former volume goes when nothing needs it")
            .in("owner/OriginFill", "if (place >= places()) {", "if (place >= 1) {")
            .seenBy("ConversionTest"),
        mutation("filled-in-random-runs", "rule 8: a former volume goes when nothing needs it")
            .in("owner/OriginFill", "if (place >= places()) {", "if (place >= 0) {")
            .seenBySeeds(1, 40),
        mutation("half-a-row-is-whole", "rule 8: a row of units is filled in as it is seen")
            .in(
                "owner/OriginFill",
                "units.source(unit) == UnitRows.NONE ? 1L << unit : 0;",
                "units.source(unit) == UnitRows.NONE && unit == 0 ? 1L << unit : 0;")
            .seenBy("ConversionTest"),
        mutation("attachments-left-behind", "rule 8, H5: clients follow to the volume's new place")
            .in("rcd/ConversionRules", "attachment.moved(number, index)", "attachment")
            .seenBy("ConversionTest", RULES),
        mutation(
                "successor-of-any-owner", "rule 8: who serves a volume knows that it has its place")
            .in(
                "rcd/ConversionRules",
                "volumes.regrant(index, successor",
                "volumes.grant(index, successor")
            .seenBy(RULES),
        mutation("parts-cut-as-before", "a request is of one place")
            .in("client/ClientSession", "part.operation.follow(redundancy());", "")
            .seenBy("ConversionTest"),
        mutation("compared-in-both-places", "a comparison is not done twice")
            .in(
                "client/ClientSession",
                "part.sentEpoch >= 0) { failed",
                "part.sentEpoch < -1) { failed")
            .seenBy("ConversionTest"),
        mutation("converted-by-a-former-owner", "rule 8: compare-and-set on the volume's epoch")
            .in(
                "rcd/ConversionRules",
                "if (volume.epoch() != command.volumeEpoch()) {",
                "if (index < 0) {")
            .seenBy(RULES),
        mutation("converted-without-room", "a pool never promises what it does not have")
            .in(
                "rcd/VolumeRules",
                "rules.requireRoom(pool, redundancy, bytes, what);",
                "if (!what.startsWith(\"Another\")) { rules.requireRoom(pool, redundancy, bytes, what); }")
            .seenBy(RULES));
  }
}
