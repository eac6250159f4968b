package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of snapshots, clones, folding and other sizes. */
final class LayerMutations {
  private static final String RULES = "io.aerie.engine.rcd.LayersTest";

  private LayerMutations() {}

  static List<Mutation> all() {
    return Stream.of(freezing(), reading(), ending(), striped()).flatMap(List::stream).toList();
  }

  private static List<Mutation> freezing() {
    return List.of(
        mutation("freeze-without-drain", "rule 8, H12: what was numbered is settled first")
            .in(
                "owner/Freezer",
                "volume.streams().stream().allMatch(GroupStream::drained)",
                "volume.number() != 0")
            .seenBy("H12FrozenLayersNeverChangeTest"),
        mutation("writes-go-on-while-freezing", "rule 8, H12: nothing is numbered meanwhile")
            .in("owner/Freezer", "return draining;", "return draining && volume.stopped();")
            .seenBy("H12FrozenLayersNeverChangeTest"),
        mutation("freeze-of-a-former-owner", "rule 8: compare-and-set on the volume's epoch")
            .in(
                "rcd/LayerRules",
                "requireEpoch(volume, command.volumeEpoch()); Layer live = volume.live();",
                "Layer live = volume.live();")
            .seenBy(RULES),
        mutation("layers-promise-nothing", "a pool never promises what it does not have")
            .in("rcd/VolumeRecord", "blocks += redundancy.blocks(frozen.sizeBytes());", "")
            .seenBy(RULES),
        mutation("origin-deleted-under-its-clone", "a snapshot stays while a clone reads it")
            .in("rcd/LayerRules", "if (!clones.isEmpty()) {", "if (clones.size() > 99) {")
            .seenBy(RULES));
  }

  private static List<Mutation> reading() {
    return List.of(
        mutation("units-of-the-layer-before", "rule 8: what the live layer has is known by layer")
            .in("owner/LiveUnits", "return in == layer ? known", "return true ? known")
            .seenBy("H12FrozenLayersNeverChangeTest"),
        mutation("copy-up-forgotten", "rule 8: part of a unit is written over what was seen")
            .in(
                "owner/WriteOperation",
                "if (volume.record().layered()) { from",
                "if (volume.stopped()) { from")
            .seenBy("LayersTest"),
        mutation("zeroes-fall-through", "H11: what was made zero hides the layers below")
            .in("member/LayeredRead", "!= UnitState.ABSENT", "== UnitState.PRESENT")
            .seenBy("LayersTest"),
        mutation("copy-up-of-what-is-rotten", "H13: a failed read is not laundered")
            .in(
                "member/LayeredRead",
                "if (failed != null) { done.accept(null, failed); } else if (Arrays",
                "if (Arrays")
            .seenBy("LayersTest"),
        mutation("origin-not-asked", "a clone shows what its origin has")
            .in("owner/LayerChain", "volume.origin() == 0 ? 0 : endPage", "0")
            .seenBy("LayersTest"));
  }

  private static List<Mutation> ending() {
    return List.of(
        mutation("folded-without-moving", "rule 8: what is seen of a layer is moved first")
            .in("owner/LayerFolder", "below & ~absent", "below & ~below")
            .seenBy("LayersTest"),
        mutation("cut-off-not-emptied", "what lay behind the end reads as zeroes")
            .in("owner/Discarder", "block.index() >= firstWhole", "block.index() < 0")
            .seenBy("LayersTest"),
        mutation("rest-of-the-last-block-kept", "what lay behind the end reads as zeroes")
            .in("owner/Discarder", "if (from >= end) {", "if (of.to() > 0) {")
            .seenBy("LayersTest"),
        mutation("cut-off-seen-below", "layers below are not seen where a volume was cut")
            .in(
                "rcd/SizeRules",
                "Math.min(live.belowBytes(), command.sizeBytes())",
                "live.belowBytes()")
            .seenBy("LayersTest"));
  }

  private static List<Mutation> striped() {
    return List.of(
        mutation("rows-of-units-not-copied-up", "rule 8: a layer's rows of units are whole")
            .in(
                "owner/RowWrite",
                "if (!volume.record().layered()) { return 0; }",
                "if (parts.size() > 0) { return 0; }")
            .seenBy("LayersTest", "StripedLayersTest"),
        mutation("units-copied-up-without-their-row", "rule 8: a layer's rows of units are whole")
            .in(
                "owner/RowRanges",
                "units |= fills(of, rows) ? 0 : 1L << unit;",
                "units |= of.isEmpty() || fills(of, rows) ? 0 : 1L << unit;")
            .seenBy("StripedLayersTest"),
        mutation("copied-up-without-parities", "rule 8: each layer's stripe is a code of its own")
            .in(
                "owner/RowEntry",
                "each.put(disk, change);",
                "each.put(disk, change instanceof Change.Parity && parts.get(0).session() == null"
                    + " ? Change.touch(stripe()) : change);")
            .seenBy("StripedLayersTest"),
        mutation("rows-folded-without-moving", "rule 8: what is seen of a layer is moved first")
            .in(
                "owner/LayerFolder",
                "copyUp.start(moved(units, views.get(1).endPage()));",
                "copyUp.start(0);")
            .seenBy("LayersTest", "StripedLayersTest"),
        mutation("lowest-layer-by-one-word", "rule 8: of the lowest layer one member knows nothing")
            .in("owner/UnitRows", "(floor && i == held.size() - 1)", "(floor && i < from)")
            .seenBy("StripedLayersTest"),
        mutation("row-checksums-renewed-over-layers", "rule 8: what is below is not covered")
            .in(
                "owner/RowEntry",
                "return way != null && (way",
                "return way != null && (parts.size() > 0 || way")
            .seenBy("StripedLayersTest"),
        mutation(
                "extents-by-whoever-answers",
                "rule 8: of the lowest layer one member knows nothing")
            .in("owner/UnitMap", "if (away && !parity) {", "if (false) {")
            .seenBy("ExtentsTest"),
        mutation("extents-without-zeroes", "H11: what was made zero hides what is below")
            .in(
                "owner/UnitMap",
                "if (isIn(unitsOf(view.layer(), unit).held(), unit)) {",
                "if (isIn(unitsOf(view.layer(), unit).present(), unit)) {")
            .seenBy("ExtentsTest"),
        mutation("extents-of-what-was-cut-off", "rule 8: what is below is seen as far as it was")
            .in("owner/UnitMap", "if (firstPage >= view.endPage()) {", "if (firstPage < 0) {")
            .seenBy("ExtentsTest"),
        mutation("origin-taken-for-data", "a clone's origin is asked")
            .in("owner/UnitMap", "below |= former.isEmpty() && seen == ORIGIN;", "")
            .seenBy("ExtentsTest"),
        mutation("vanished-rows-remembered", "rule 8: a layer's rows of units are whole")
            .in("owner/OwnedVolume", "liveUnits.forget();", "")
            .seenBy("StripedLayersTest"),
        mutation("zeroes-not-made-anew", "rule 8, H11: what was made zero hides what is below")
            .in("owner/FragmentMaker", "units.set(unit, most);", "")
            .seenBy("StripedLayersTest"),
        mutation("rows-of-the-layer-before", "rule 8, H12: who waited looks which layer is live")
            .in(
                "owner/RowWrite",
                "if (stripe.layer() != volume.record().live().number()) {",
                "if (stripe.layer() < 0) {")
            .in(
                "owner/RowWrite",
                "if (!volume.record().layered()) { return 0; }",
                "if (!volume.record().layered() || !isLive(stripe)) { return 0; }")
            .seenBy("H12FrozenLayersNeverChangeTest"));
  }
}
