package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of data that goes straight to its slot. */
final class DirectMutations {
  private static final String MODEL = "io.aerie.engine.disk.DiskEngineModelTest";
  private static final String DIRECT = "io.aerie.engine.disk.DirectWritesTest";

  private DirectMutations() {}

  static List<Mutation> all() {
    return Stream.of(durability(), places()).flatMap(List::stream).toList();
  }

  private static List<Mutation> durability() {
    return List.of(
        mutation("record-durable-before-its-data", "H8: one flush covers both")
            .in(
                "disk/LogWriter",
                "IoTasks writes = directWrites(chosen);",
                "directWrites(chosen).run((nothing, error) -> { });"
                    + " IoTasks writes = new IoTasks();")
            .seenBy(MODEL),
        mutation("data-in-slots-not-verified", "H8: replay looks before it reports")
            .in(
                "disk/DiskOpener",
                "|| applier.unproven().isEmpty()) {",
                "|| applier.unproven().size() >= 0) {")
            .seenBy(MODEL, "H08LargeWritesTest"),
        mutation("batch-without-data-left-readable", "H8: what was dropped stays dropped")
            .in(
                "disk/DiskOpener",
                "} else if (stopLsn == Long.MAX_VALUE) {",
                "} else if (stopLsn >= 0) {")
            .seenBy(DIRECT),
        mutation("torn-batch-proves-nothing", "H7: a commit says what was durable before it")
            .in(
                "disk/LogReplay",
                "scanLsn = lsn; return true;",
                "scanLsn = lsn + Geometry.PAGE_BYTES; return true;")
            .seenBy(DIRECT),
        mutation("sums-of-slots-lost", "H13: a page in its slot has its checksum beside it")
            .in(
                "disk/Checkpointer",
                "putSums(pages.sums, slotChecksums);",
                "putSums(null, slotChecksums);")
            .seenBy(DIRECT));
  }

  private static List<Mutation> places() {
    return List.of(
        mutation("direct-data-visible-at-once", "what is in doubt is not read")
            .in(
                "disk/DiskState",
                "block.directUnits |= direct.units;",
                "block.directUnits |= direct.units; block.exists = true; block.place(direct);")
            .seenBy(DIRECT),
        mutation("entries-before-not-looked-at", "no place that an entry in doubt will change")
            .in(
                "disk/DiskState",
                "block.presentUnits() | block.directUnits | block.touchedUnits;",
                "block.presentUnits() | block.directUnits;")
            .seenBy(MODEL),
        mutation("removal-before-not-looked-at", "no place that a removal in doubt takes away")
            .in(
                "disk/DiskState",
                "if (block.pendingRemovals > 0) { return null; }",
                "if (block.pendingRemovals < 0) { return null; }")
            .seenBy(DIRECT),
        mutation("left-units-used-at-once", "no place that a crash could still need")
            .in(
                "disk/Quarantine",
                "if (units != 0 && block.slot != Block.NONE) {",
                "if (units == 0 && block.slot != Block.NONE) {")
            .seenBy(DIRECT),
        mutation("freed-slots-used-at-once", "no place that a crash could still need")
            .in("disk/Quarantine", "slots.set(block.slot);", "slots.clear(block.slot);")
            .seenBy(DIRECT),
        mutation("dropped-slots-leak", "space of what a base drops is free again")
            .in(
                "disk/DiskState",
                "quarantine.left(block, unitsOf(direct)); freeUnusedSlot(block);",
                "quarantine.left(block, unitsOf(direct));")
            .seenBy(DIRECT));
  }
}
