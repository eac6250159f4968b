package io.aerie.iscsi.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.Nexus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: EXTENDED COPY copies just what it is asked to, is refused before anything is written, holds
 * one piece at a time, and begins no write once it is aborted. Method: parameter lists in bytes at
 * two volumes in memory, whose operations the test may hold.
 */
final class ExtendedCopyTest {
  private static final int SIZE_BYTES = 8 << 20;
  private static final Nexus NEXUS = new Nexus("iqn.2026-01.io.aerie:i,i,0x000000000001", 7);

  private final VolumeContent first = new VolumeContent("id-1", SIZE_BYTES);
  private final VolumeContent second = new VolumeContent("id-2", SIZE_BYTES);
  private final MemoryVolumes storage = new MemoryVolumes(Map.of("v1", first, "v2", second));
  private final BlockVolume from = storage.open("v1", "test").join();
  private final BlockVolume to = storage.open("v2", "test").join();
  private final Map<Long, LogicalUnit> units = new HashMap<>();
  private final Set<String> readOnly = new HashSet<>();
  private final LogicalUnit unit = unit("id-1", from, 512);
  private final byte[] content = new byte[3 << 20];

  private LogicalUnit unit(String id, BlockVolume volume, int blockBytes) {
    LogicalUnit made =
        new LogicalUnit(
            new Unit(id, "iqn.2026-01.io.aerie:t", 7, blockBytes),
            volume,
            NEXUS,
            volume::sizeBytes,
            () -> readOnly.contains(id),
            () -> new PortGroups(List.of(7), 7),
            () -> List.of(1, 2),
            new Attentions(),
            naa -> CompletableFuture.completedFuture(units.get(naa)));
    units.put(Unit.naa(id), made);
    return made;
  }

  @BeforeEach
  void fill() {
    unit("id-2", to, 512);
    new Random(1).nextBytes(content);
    // The second of the pieces is nothing but zeroes.
    Arrays.fill(content, 1 << 20, 2 << 20, (byte) 0);
    from.write(0, ByteBuffer.wrap(content)).join();
    to.write(0, ByteBuffer.wrap(filled(SIZE_BYTES, 7))).join();
  }

  private static byte[] filled(int bytes, int value) {
    byte[] data = new byte[bytes];
    Arrays.fill(data, (byte) value);
    return data;
  }

  private static String device(String id) {
    return "e4000000"
        + "01030008"
        + String.format("%016x", Unit.naa(id))
        + "0".repeat(24)
        + "00000200";
  }

  private static String segment(int source, int destination, int count, long at, long into) {
    return String.format(
        "02000018%04x%04x0000%04x%016x%016x", source, destination, count, at, into);
  }

  private static byte[] list(String head, String devices, String... segments) {
    String all = String.join("", segments);
    return HexFormat.of()
        .parseHex(
            head
                + String.format("%04x00000000%08x00000000", devices.length() / 2, all.length() / 2)
                + devices
                + all);
  }

  private static byte[] cdb(String hex) {
    return Arrays.copyOf(HexFormat.of().parseHex(hex.replace(" ", "")), 16);
  }

  private Work prepare(byte[] list) {
    return unit.prepare(cdb(String.format("83 00 0000000000000000 %08x", list.length)));
  }

  private Outcome copy(byte[] list) {
    return prepare(list).run(ByteBuffer.wrap(list)).join();
  }

  private Outcome ask(String hex) {
    return unit.prepare(cdb(hex)).run(ByteBuffer.allocate(0)).join();
  }

  private static String hex(Outcome outcome) {
    byte[] bytes = new byte[outcome.data().remaining()];
    outcome.data().duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] read(BlockVolume volume, int offset, int length) {
    byte[] bytes = new byte[length];
    volume.read(offset, length).join().get(bytes);
    return bytes;
  }

  private static String both() {
    return device("id-1") + device("id-2");
  }

  @Test
  void shouldCopyBetweenUnits() {
    assertThat(copy(list("0500", both(), segment(0, 1, 5000, 1, 100)))).isEqualTo(Outcome.DONE);
    assertThat(read(to, 100 * 512, 5000 * 512))
        .isEqualTo(Arrays.copyOfRange(content, 512, 5001 * 512));
    assertThat(read(to, 0, 100 * 512)).isEqualTo(filled(100 * 512, 7));
    assertThat(read(to, 5100 * 512, 512)).isEqualTo(filled(512, 7));
    assertThat(hex(ask("84 00 05 00000000000000 00000100")))
        .as("one segment done, 2500 KiB")
        .isEqualTo("00000008" + "01" + "0001" + "01" + "000009c4");
    assertThat(ask("84 00 05 00000000000000 00000100").sense())
        .as("told once")
        .isEqualTo(Sense.INVALID_FIELD_IN_CDB);
  }

  /** From the end that keeps the source whole. */
  @ParameterizedTest
  @CsvSource({"0, 1000", "1000, 0", "0, 0"})
  void shouldCopyWhatOverlaps(int source, int destination) {
    String one = segment(0, 0, 4000, source, destination);
    assertThat(copy(list("0018", device("id-1"), one))).isEqualTo(Outcome.DONE);
    assertThat(read(from, destination * 512, 4000 * 512))
        .isEqualTo(Arrays.copyOfRange(content, source * 512, (source + 4000) * 512));
  }

  @Test
  void shouldHoldOnePieceAndStop() {
    storage.hold();
    byte[] list = list("0600", both(), segment(0, 1, 6144, 0, 0));
    Work work = prepare(list);
    assertThat(work.inBytes()).as("memory that it is charged").isEqualTo(BlockCopy.PIECE_BYTES);
    CompletableFuture<Outcome> copying = work.run(ByteBuffer.wrap(list));
    assertThat(storage.heldCount()).as("one read").isEqualTo(1);
    assertThat(copy(list).sense()).isEqualTo(Sense.OPERATION_IN_PROGRESS);
    storage.release(0);
    assertThat(storage.heldCount()).as("its write").isEqualTo(1);
    storage.release(0);
    assertThat(hex(ask("84 00 06 00000000000000 00000100")))
        .as("at work, 1024 KiB")
        .isEqualTo("00000008" + "00" + "0000" + "01" + "00000400");
    work.stop().run();
    storage.release(0);
    assertThat(copying.join().sense()).isEqualTo(Sense.ABORTED);
    assertThat(storage.heldCount()).isZero();
    storage.releaseAll();
    assertThat(read(to, 0, 1 << 20)).isEqualTo(Arrays.copyOf(content, 1 << 20));
    assertThat(read(to, 1 << 20, 2 << 20)).isEqualTo(filled(2 << 20, 7));
  }

  @Test
  void shouldTellWhichSegmentFailed() {
    second.spoil(2 << 20, ErrorCode.IO_ERROR);
    byte[] list = list("0700", both(), segment(0, 1, 8, 0, 0), segment(0, 1, 8, 0, 4096));
    Sense failed = copy(list).sense();
    assertThat(failed).isEqualTo(Sense.THIRD_PARTY_FAILURE.inSegment(1));
    assertThat(HexFormat.of().formatHex(failed.toBytes()))
        .isEqualTo("70000a00000000" + "0a" + "00000001" + "0d01" + "00000000");
    assertThat(read(to, 0, 4096)).as("the first").isEqualTo(Arrays.copyOf(content, 4096));
    assertThat(hex(ask("84 00 07 00000000000000 00000100"))).startsWith("00000008" + "02" + "0001");
  }

  private void refused(byte[] list, Sense sense) {
    assertThat(copy(list).sense()).isEqualTo(sense);
    assertThat(read(to, 0, SIZE_BYTES)).isEqualTo(filled(SIZE_BYTES, 7));
  }

  @Test
  void shouldRefuseBeforeAnythingIsWritten() {
    String good = segment(0, 1, 8, 0, 0);
    refused(
        list("0200", both(), good, segment(0, 1, 2, 0, 16383)), Sense.COPY_ABORTED.inSegment(1));
    refused(list("0200", both(), good, segment(0, 1, 2, -1, 0)), Sense.COPY_ABORTED.inSegment(1));
    refused(list("0200", both(), good, segment(0, 2, 2, 0, 0)), Sense.COPY_UNIT_UNREACHABLE);
    refused(list("0200", device("id-1") + device("id-9"), good), Sense.COPY_UNIT_UNREACHABLE);
    refused(list("0208", both(), good), Sense.INVALID_FIELD_IN_PARAMETERS);
    refused(list("0218", both(), good), Sense.INVALID_FIELD_IN_PARAMETERS);
    refused(list("0200", both(), "03" + good.substring(2)), Sense.UNSUPPORTED_SEGMENT);
    refused(
        list("0200", both(), good.replace("02000018", "02000014")),
        Sense.INVALID_FIELD_IN_PARAMETERS);
    refused(
        list("0200", both().replace("e4000000", "e5000000"), good), Sense.UNSUPPORTED_COPY_UNIT);
    refused(list("0200", both().replace("e4000000", "e4010000"), good), Sense.COPY_UNIT_TYPE);
    refused(
        list("0200", both().replace("e4000000", "e4200000"), good), Sense.COPY_UNIT_UNREACHABLE);
    refused(
        list("0200", both().replace("00000200", "00001000"), good),
        Sense.INVALID_FIELD_IN_PARAMETERS);
    refused(
        list("0200", device("id-1").repeat(CopyParameters.UNITS_MAX + 1), good),
        Sense.TOO_MANY_COPY_UNITS);
    refused(
        list("0200", both(), good.repeat(CopyParameters.SEGMENTS_MAX + 1)),
        Sense.TOO_MANY_SEGMENTS);
    refused(list("0200", device("id-1").repeat(46), good), Sense.PARAMETER_LIST_LENGTH);
    byte[] inline = list("0200", both(), good);
    inline[15] = 1;
    refused(inline, Sense.INLINE_DATA_LENGTH);
    byte[] whole = list("0200", both(), good);
    refused(Arrays.copyOf(whole, whole.length - 1), Sense.PARAMETER_LIST_LENGTH);
    refused(Arrays.copyOf(whole, 15), Sense.PARAMETER_LIST_LENGTH);
    assertThat(ask("83 00 0000000000000000 00000000")).as("no list").isEqualTo(Outcome.DONE);
  }

  /** Blocks are counted as the source's, or, when the segment says so, as the destination's. */
  @Test
  void shouldCopyBetweenUnitsOfOtherBlocks() {
    unit("id-2", to, 4096);
    String devices = device("id-1") + device("id-2").replace("00000200", "00001000");
    assertThat(copy(list("0200", devices, segment(0, 1, 16, 8, 3)))).isEqualTo(Outcome.DONE);
    assertThat(read(to, 3 * 4096, 8192)).isEqualTo(Arrays.copyOfRange(content, 4096, 12288));
    assertThat(read(to, 5 * 4096, 4096)).isEqualTo(filled(4096, 7));
    String byDestination = segment(0, 1, 2, 0, 100).replace("02000018", "02020018");
    assertThat(copy(list("0200", devices, byDestination))).isEqualTo(Outcome.DONE);
    assertThat(read(to, 100 * 4096, 8192)).isEqualTo(Arrays.copyOf(content, 8192));
    assertThat(read(to, 102 * 4096, 4096)).isEqualTo(filled(4096, 7));
    Outcome inexact =
        copy(list("0200", devices, segment(0, 1, 16, 8, 200), segment(0, 1, 15, 8, 300)));
    assertThat(inexact.sense()).isEqualTo(Sense.INEXACT_SEGMENT.inSegment(1));
    assertThat(read(to, 200 * 4096, 4096)).as("nothing is copied").isEqualTo(filled(4096, 7));
    assertThat(copy(list("0200", both(), segment(0, 1, 16, 8, 3))).sense())
        .as("the initiator takes its blocks for others")
        .isEqualTo(Sense.INVALID_FIELD_IN_PARAMETERS);
  }

  @Test
  void shouldNotCopyToWhatIsProtected() {
    readOnly.add("id-2");
    refused(list("0200", both(), segment(0, 1, 8, 0, 0)), Sense.WRITE_PROTECTED.inSegment(0));
    byte[] second = list("0200", both(), segment(1, 0, 8, 0, 0), segment(0, 1, 8, 0, 0));
    refused(second, Sense.WRITE_PROTECTED.inSegment(1));
  }

  @Test
  void shouldCopyFromWhatIsProtected() {
    readOnly.add("id-1");
    assertThat(copy(list("0200", both(), segment(0, 1, 8, 0, 0)))).isEqualTo(Outcome.DONE);
    assertThat(read(to, 0, 4096)).isEqualTo(Arrays.copyOf(content, 4096));
  }

  /** Descriptors as sg3_utils reads them. */
  @Test
  void shouldTellItsLimitsAmongVitalData() {
    assertThat(hex(ask("12 01 8f 00ff 00")))
        .isEqualTo(
            "008f0060"
                + ("00010008" + "07" + "830100" + "84020003")
                + ("0004001c" + "00000000" + "00100020" + "00000580" + "0".repeat(32))
                + ("00080004" + "02" + "02e4" + "00")
                + ("000c0004" + "0000" + "0000")
                + ("80010020" + "00000040" + "00000040" + "01fffe00" + "0900" + "0".repeat(36)));
  }

  @Test
  void shouldTellItsLimits() {
    assertThat(hex(ask("84 03 0000000000000000 00000100")))
        .isEqualTo(
            "0000002a"
                + "01000000"
                + "00100020"
                + "00000580"
                + "01fffe00"
                + "0".repeat(28)
                + "00404009"
                + "0000000000"
                + "02"
                + "02e4");
    assertThat(hex(ask("12 00 00 00ff 00")).substring(10, 12)).as("3PC").isEqualTo("18");
  }
}
