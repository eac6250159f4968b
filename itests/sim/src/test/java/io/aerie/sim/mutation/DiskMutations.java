package io.aerie.sim.mutation;

import static io.aerie.sim.mutation.Mutation.mutation;

import java.util.List;
import java.util.stream.Stream;

/** Bugs of the disk engine. */
final class DiskMutations {
  private static final String MODEL = "io.aerie.engine.disk.DiskEngineModelTest";
  private static final String ENGINE = "io.aerie.engine.disk.DiskEngineTest";

  private DiskMutations() {}

  static List<Mutation> all() {
    return Stream.of(bases(), replay(), durability(), places()).flatMap(List::stream).toList();
  }

  private static List<Mutation> bases() {
    return List.of(
        mutation("no-base-on-return", "rule 7, H4: a base drops what is in doubt")
            .in(
                "disk/DiskState",
                "stream.doubts.values().forEach(this::forget); stream.doubts.clear(); stream.kept",
                "if (!base.returning()) { stream.doubts.values().forEach(this::forget);"
                    + " stream.doubts.clear(); } stream.kept")
            .seenBy("H04ReturningMemberDropsItsDoubtsTest"),
        mutation("base-keeps-all", "rule 5: a base drops what is above the kept place")
            .in(
                "disk/DiskState",
                "if (!base.returning()) { settle(stream, base.kept()); }",
                "if (!base.returning()) { settle(stream, stream.last); }")
            .seenBy("H01TakeoverKeepsWhatAllHoldTest"));
  }

  private static List<Mutation> replay() {
    return List.of(
        mutation("torn-tail-trusted", "a batch counts whole or not at all")
            .in(
                "disk/LogReplay",
                "if (header.payloadCrc() != Crc.of(window, payloadIndex, header.payloadBytes())) {",
                "if (payloadIndex < 0) {")
            .seenBy(ENGINE),
        mutation("rot-taken-for-a-torn-tail", "H7: damage below a later durable mark is rot")
            .in(
                "disk/LogReplay",
                "if (header != null && header.durableLsn() > lsn) {",
                "if (header != null && header.durableLsn() < 0) {")
            .seenBy("H07RotIsNoTornTailTest"),
        mutation("predecessor-not-compared", "H26: a record follows its predecessor")
            .in(
                "disk/LogReplay",
                "&& (lsn == superblock.tailLsn() || header.predecessorCrc() == predecessorCrc);",
                ";")
            .isEquivalent(
                "a batch begins to be written when the one before it is durable, so that beyond a"
                    + " torn one there are only its own later pages, which begin no batch, and"
                    + " records of other LSNs"),
        mutation("lap-not-compared", "H26: a record is of its lap")
            .in("disk/LogFormat", "|| buffer.getInt(index + 16) != lap", "|| lap < 0")
            .isEquivalent("the LSN, which is compared too, says the lap"));
  }

  private static List<Mutation> durability() {
    return List.of(
        mutation("superblock-before-its-pages", "H8: a mapping counts when its data is durable")
            .in(
                "disk/Checkpointer",
                "device.flush((flushed, failure) -> flip(capture, failure, done));",
                "flip(capture, null, done);")
            .seenBy(MODEL),
        mutation("acknowledged-before-the-flush", "rule 1: a commit is written and flushed")
            .in(
                "disk/LogWriter",
                "device.writeAndFlush(layout.ringPosition(batchLsn)",
                "device.write(layout.ringPosition(batchLsn)")
            .in("disk/LogWriter", "device.flush(durable);", "durable.accept(null, null);")
            .seenBy("H08NothingIsHeldBeforeItIsDurableTest"),
        mutation("checksums-not-verified", "H13: every read is verified")
            .in(
                "disk/BlockReader",
                "AerieException damage = verify();",
                "AerieException damage = verify() == null ? null : null;")
            .in(
                "disk/BlockReader",
                "!= expected(page, of)) { if (damaged == null) {",
                "!= expected(page, of) && page < 0) { if (damaged == null) {")
            .seenBy("H13CorruptionIsNotCopiedTest"));
  }

  private static List<Mutation> places() {
    return List.of(
        mutation("overlay-forgotten-at-the-capture", "a page is in its slot when it is durable")
            .in(
                "disk/Checkpointer",
                "void run(Capture capture, Completion<Void> done) {",
                "void run(Capture capture, Completion<Void> done) { forgetWritten(capture);")
            .seenBy(MODEL),
        mutation("moved-slots-not-noticed", "a read begins again when its slot has moved")
            .in("disk/BlockReader", "if (block.moves != moves) {", "if (block.moves < 0) {")
            .seenBy(ENGINE),
        mutation("doubts-not-logged-again", "H15: nothing pins the log")
            .in(
                "disk/LogWriter",
                "List<Stream.Doubt> again = checkpoint ? oldestDoubts() : List.of();",
                "List<Stream.Doubt> again = List.of();")
            .seenBy("H15NothingPinsTheLogTest"),
        mutation("tail-past-what-is-in-doubt", "H15: the tail stays before what is in doubt")
            .in(
                "disk/Checkpointer",
                "Math.min(checkpointLsn, oldestDoubtLsn),",
                "Math.max(checkpointLsn, 0 * oldestDoubtLsn),")
            .seenBy(MODEL),
        mutation("replayed-twice", "H10: records before the checkpoint don't happen again")
            .in(
                "disk/RecordApplier",
                "boolean again = header.lsn() >= checkpointLsn;",
                "boolean again = header.lsn() >= 0;")
            .seenBy(MODEL),
        mutation("generation-not-raised", "H7, H20: each opening has its number")
            .in(
                "disk/DiskOpener",
                "superblock.identity().generation() + 1);",
                "superblock.identity().generation() + 0);")
            .seenBy(ENGINE));
  }
}
