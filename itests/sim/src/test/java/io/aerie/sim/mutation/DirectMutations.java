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
    return Stream.of(durability(), places(), secondSlots()).flatMap(List::stream).toList();
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
                "taken(block, direct.slot).directUnits |= direct.units;",
                "taken(block, direct.slot).directUnits |= direct.units;"
                    + " block.exists = true; block.place(direct);")
            .seenBy(DIRECT),
        mutation("entries-before-not-looked-at", "no place that an entry in doubt will change")
            .in(
                "disk/DiskState",
                "block.unitsIn(block.slot) | block.touchedUnits;",
                "block.unitsIn(block.slot);")
            .seenBy(MODEL),
        mutation("removal-before-not-looked-at", "no place that a removal in doubt takes away")
            .in(
                "disk/DiskState",
                "block.pendingRemovals > 0 ? Block.NONE",
                "block.pendingRemovals < 0 ? Block.NONE")
            .seenBy(DIRECT),
        mutation("left-units-used-at-once", "no place that a crash could still need")
            .in(
                "disk/Quarantine",
                "if (units != 0 && slot.taken()) {",
                "if (units == 0 && slot.taken()) {")
            .seenBy(DIRECT),
        mutation("freed-slots-used-at-once", "no place that a crash could still need")
            .in("disk/Quarantine", "slots.set(slot.number);", "slots.clear(slot.number);")
            .seenBy(DIRECT),
        mutation("dropped-slots-leak", "space of what a base drops is free again")
            .in("disk/DiskState", "direct.units); } freeUnusedSlots(block);", "direct.units); }")
            .seenBy(DIRECT));
  }

  private static List<Mutation> secondSlots() {
    return List.of(
        mutation("replaced-places-used-at-once", "no place that a crash could still need")
            .in(
                "disk/BlockChanges",
                "leaving(block, quarantine, () -> block.place(direct));",
                "block.place(direct);")
            .seenBy(DIRECT),
        mutation("places-in-doubt-used-again", "no place that an entry in doubt has data in")
            .in(
                "disk/BlockSlot",
                "return directUnits | leftUnits | leftUnitsBefore;",
                "return leftUnits | leftUnitsBefore;")
            .seenBy(DIRECT),
        mutation("second-slots-forgotten", "the table says in which slot a unit is")
            .in("disk/SlotTable", "both ? block.secondUnits : 0", "0")
            .seenBy(DIRECT),
        mutation("any-number-of-second-slots", "moving data takes no room from new data")
            .in("disk/DiskState", "secondSlots < secondSlotsMax", "secondSlots >= 0")
            .seenBy(DIRECT),
        mutation("emptied-slots-kept", "a block whose data has moved has one slot again")
            .in("disk/DiskState", "if (isUnused(block, block.slot)) {", "if (false) {")
            .seenBy(DIRECT));
  }
}
