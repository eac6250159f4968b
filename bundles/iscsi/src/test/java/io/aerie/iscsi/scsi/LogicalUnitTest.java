package io.aerie.iscsi.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.Nexus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: each command does what SBC-3 says or is refused with the right sense, and a refused one
 * changes nothing. Method: commands in bytes at a volume in memory. The wire's side, and many more
 * cases, are libiscsi's: docs/iscsi-conformance.md.
 */
final class LogicalUnitTest {
  private static final long SIZE_BYTES = 8L << 20;
  private static final Nexus NEXUS = new Nexus("iqn.2026-01.io.aerie:i,i,0x000000000001", 7);

  private final VolumeContent disk = new VolumeContent("id-1", SIZE_BYTES);
  private final MemoryVolumes storage = new MemoryVolumes(Map.of("v1", disk));
  private final BlockVolume volume = storage.open("v1", "test").join();
  private final AtomicLong size = new AtomicLong(SIZE_BYTES);
  private final AtomicInteger owner = new AtomicInteger(7);
  private final AtomicBoolean readOnly = new AtomicBoolean();
  private final Attentions attentions = new Attentions();
  private final LogicalUnit unit =
      new LogicalUnit(
          new Unit("id-1", "iqn.2026-01.io.aerie:t", 7, 512),
          volume,
          NEXUS,
          size::get,
          readOnly::get,
          () -> new PortGroups(List.of(9, 7), owner.get()),
          () -> List.of(1, 300),
          attentions,
          naa -> CompletableFuture.completedFuture(null));

  private static byte[] cdb(String hex) {
    return Arrays.copyOf(HexFormat.of().parseHex(hex.replace(" ", "")), 16);
  }

  private Outcome run(String hex, byte[] data) {
    return unit.prepare(cdb(hex)).run(ByteBuffer.wrap(data)).join();
  }

  private Outcome run(String hex) {
    return run(hex, new byte[0]);
  }

  private static byte[] bytes(Outcome outcome) {
    byte[] bytes = new byte[outcome.data().remaining()];
    outcome.data().duplicate().get(bytes);
    return bytes;
  }

  private byte[] read(int block, int count) {
    return bytes(run(String.format("28 00 %08x 00 %04x 00", block, count)));
  }

  private void write(int block, byte[] data) {
    Outcome written = run(String.format("2a 00 %08x 00 %04x 00", block, data.length / 512), data);
    assertThat(written.status()).isEqualTo(Outcome.GOOD);
  }

  private static byte[] filled(int blocks, int value) {
    byte[] data = new byte[blocks * 512];
    Arrays.fill(data, (byte) value);
    return data;
  }

  @Test
  void shouldBeTheSameUnitOnEachNode() {
    LogicalUnit elsewhere =
        new LogicalUnit(
            new Unit("id-1", "iqn.2026-01.io.aerie:t", 9, 512),
            volume,
            NEXUS,
            size::get,
            readOnly::get,
            () -> new PortGroups(List.of(9, 7), owner.get()),
            List::of,
            new Attentions(),
            naa -> CompletableFuture.completedFuture(null));
    byte[] here = bytes(run("12 01 83 00ff 00"));
    byte[] there = bytes(elsewhere.prepare(cdb("12 01 83 00ff 00")).run(null).join());
    assertThat(Arrays.copyOf(there, 16)).isEqualTo(Arrays.copyOf(here, 16));
    assertThat(here[8] >> 4).as("NAA, locally assigned").isEqualTo(3);
    assertThat(bytes(run("12 01 80 00ff 00"))).endsWith("id-1".getBytes(StandardCharsets.UTF_8));
    assertThat(there).as("but by another port").isNotEqualTo(here);
  }

  @Test
  void shouldSayHowLargeItIs() {
    assertThat(bytes(run("25"))).isEqualTo(HexFormat.of().parseHex("00003fff00000200"));
    byte[] capacity = bytes(run("9e 10 0000000000000000 00000020"));
    assertThat(capacity).hasSize(32);
    assertThat(capacity[13]).as("4 KiB physical blocks").isEqualTo((byte) 3);
    assertThat(capacity[14]).as("thin, reads zeroes").isEqualTo((byte) 0xc0);
    size.set(2 * SIZE_BYTES);
    assertThat(run("00").sense()).isEqualTo(Sense.CAPACITY_CHANGED);
    assertThat(bytes(run("25"))).startsWith(0x00, 0x00, 0x7f, 0xff);
  }

  /** One group a node; the owner's is the best, and it is told when that is another. */
  @Test
  void shouldTellTheWays() {
    assertThat(bytes(run("12 00 00 00ff 00"))[5] & 0x30).as("implicit").isEqualTo(0x10);
    assertThat(HexFormat.of().formatHex(bytes(run("12 01 83 00ff 00"))))
        .as("the port's number and group")
        .contains("51940004" + "00000007" + "51950004" + "00000007");
    String best = "80030007000200010000" + "0007";
    String other = "01030009000200010000" + "0009";
    assertThat(HexFormat.of().formatHex(bytes(run("a3 0a 00000000 00000100"))))
        .isEqualTo("00000018" + best + other);
    assertThat(HexFormat.of().formatHex(bytes(run("a3 2a 00000000 00000010"))))
        .as("with the extended header, cut off")
        .isEqualTo("0000001c10000000" + best.substring(0, 16));
    assertThat(run("a3 4a 00000000 00000100").sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    owner.set(0);
    assertThat(run("00")).as("nobody else is better").isEqualTo(Outcome.DONE);
    owner.set(9);
    assertThat(run("00").sense()).isEqualTo(Sense.PATHS_CHANGED);
    assertThat(run("00")).isEqualTo(Outcome.DONE);
    assertThat(HexFormat.of().formatHex(bytes(run("a3 0a 00000000 00000100"))))
        .isEqualTo("00000018" + "0103" + best.substring(4) + "8003" + other.substring(4));
  }

  @Test
  void shouldListUnits() {
    assertThat(bytes(run("a0 00 00 000000 00000100")))
        .isEqualTo(
            HexFormat.of().parseHex("0000001000000000" + "0001000000000000" + "412c000000000000"));
    assertThat(Reports.fromWire(0x412c_0000_0000_0000L)).isEqualTo(300);
    assertThat(Reports.fromWire(0x0001_0000_0000_0000L)).isEqualTo(1);
    assertThat(Reports.fromWire(0xc101_0000_0000_0000L)).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "28 00 00004000 00 0001 00", // READ 10
        "2a 00 00003fff 00 0002 00", // WRITE 10
        "8a 00 ffffffffffffffff 00000001", // WRITE 16
        "88 00 8000000000000000 00000001", // READ 16
        "93 08 0000000000003fff 00000002", // WRITE SAME 16
        "2f 00 00004000 00 0001 00", // VERIFY 10
        "35 00 00004001 00 0000 00" // SYNCHRONIZE CACHE 10
      })
  void shouldRefuseWhatIsBeyondTheEnd(String hex) {
    Work work = unit.prepare(cdb(hex));
    assertThat(work.outBytes()).as("no data are asked for").isZero();
    assertThat(work.run(ByteBuffer.allocate(0)).join().sense()).isEqualTo(Sense.OUT_OF_RANGE);
  }

  @Test
  void shouldWriteOnlyWhatIsAsExpected() {
    byte[] both = filled(2, 3);
    Arrays.fill(both, 0, 512, (byte) 0);
    assertThat(run("89 00 0000000000000005 000000 01 00", both)).isEqualTo(Outcome.DONE);
    assertThat(read(5, 1)).isEqualTo(filled(1, 3));
    Arrays.fill(both, 0, 512, (byte) 3);
    both[300] = 4;
    Outcome refused = run("89 00 0000000000000005 000000 01 00", both);
    assertThat(refused.sense()).isEqualTo(Sense.MISCOMPARE.at(300));
    assertThat(HexFormat.of().formatHex(refused.sense().toBytes())).startsWith("f0000e0000012c");
    assertThat(read(5, 1)).isEqualTo(filled(1, 3));
    assertThat(run("89 00 0000000000000005 000000 02 00", filled(4, 0)).sense())
        .as("one block at most")
        .isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(run("89 00 0000000000000005 000000 01 00", filled(1, 3)).sense())
        .as("half of the data")
        .isEqualTo(Sense.PARAMETER_LIST_LENGTH);
    assertThat(unit.prepare(cdb("89 00 0000000000000005 000000 01 00")).exact()).isTrue();
    Work none = unit.prepare(cdb("89 00 0000000000000005 000000 00 00"));
    assertThat(none.exact() && none.outBytes() == 0).as("256 blocks are none").isTrue();
    assertThat(none.run(ByteBuffer.allocate(0)).join()).isEqualTo(Outcome.DONE);
  }

  /** Initiators that name each block: all at once gives space back, and takes the time of one. */
  @Test
  void shouldUnmapNeighboursAtOnce() {
    write(0, filled(8, 5));
    String blocks = "";
    for (int block : new int[] {2, 3, 4, 6}) {
      blocks += String.format("%016x 00000001 00000000", block);
    }
    byte[] list = HexFormat.of().parseHex(("0046 0040 00000000" + blocks).replace(" ", ""));
    storage.hold();
    var unmapping = unit.prepare(cdb("42 00 00000000 00 0048 00")).run(ByteBuffer.wrap(list));
    storage.release(0);
    assertThat(unmapping).isNotDone();
    storage.release(0);
    assertThat(unmapping).isCompletedWithValue(Outcome.DONE);
    storage.releaseAll();
    byte[] present = read(0, 8);
    for (int block = 0; block < 8; block++) {
      boolean gone = (block >= 2 && block < 5) || block == 6;
      assertThat(present[block * 512]).as("block %d", block).isEqualTo((byte) (gone ? 0 : 5));
    }
  }

  /** In units of 64 KiB, that is of 128 blocks. */
  @Test
  void shouldTellWhichBlocksAreMapped() {
    write(300, filled(1, 5));
    String last = String.format("%08x", (int) (SIZE_BYTES / 512 - 384));
    String head = "00000034" + "00000000";
    String unmapped = "000000000000000a" + "000000f6" + "01000000";
    String mapped = "0000000000000100" + "00000080" + "00000000";
    String rest = "0000000000000180" + last + "01000000";
    assertThat(HexFormat.of().formatHex(bytes(run("9e 12 000000000000000a 00000400 00 00"))))
        .isEqualTo(head + unmapped + mapped + rest);
    assertThat(HexFormat.of().formatHex(bytes(run("9e 12 000000000000000a 00000018 00 00"))))
        .as("room for one")
        .isEqualTo("00000014" + "00000000" + unmapped);
    assertThat(bytes(run("9e 12 000000000000000a 00000004 00 00"))).hasSize(4);
    assertThat(run(String.format("9e 12 %016x 00000400 00 00", SIZE_BYTES / 512)).sense())
        .isEqualTo(Sense.OUT_OF_RANGE);
    disk.spoil(0, ErrorCode.TIMED_OUT);
    assertThat(run("9e 12 0000000000000000 00000400 00 00").sense()).isEqualTo(Sense.ABORTED);
  }

  @Test
  void shouldUnmapAllOrNothing() {
    write(0, filled(4, 5));
    String header = "0026 0020 00000000";
    byte[] bad =
        HexFormat.of()
            .parseHex(
                (header
                        + "0000000000000000 00000002 00000000"
                        + "0000000000004000 00000001 00000000")
                    .replace(" ", ""));
    assertThat(run("42 00 00000000 00 0028 00", bad).sense()).isEqualTo(Sense.OUT_OF_RANGE);
    assertThat(read(0, 4)).isEqualTo(filled(4, 5));
    byte[] good = bad.clone();
    good[8 + 16 + 6] = 0;
    good[8 + 16 + 7] = 3;
    assertThat(run("42 00 00000000 00 0028 00", good).status()).isEqualTo(Outcome.GOOD);
    assertThat(read(0, 4)).startsWith(filled(2, 0)).endsWith(filled(1, 0));
    assertThat(Arrays.copyOfRange(read(0, 4), 1024, 1536)).isEqualTo(filled(1, 5));
  }

  @Test
  void shouldWriteTheSame() {
    assertThat(run("41 00 00000008 00 0bb8 00", filled(1, 9)).status()).isEqualTo(Outcome.GOOD);
    assertThat(read(8, 3000)).isEqualTo(filled(3000, 9));
    assertThat(read(7, 1)).isEqualTo(filled(1, 0));
    assertThat(run("93 09 000000000000000a 00000003").status()).isEqualTo(Outcome.GOOD);
    assertThat(read(10, 3)).isEqualTo(filled(3, 0));
    assertThat(read(13, 1)).isEqualTo(filled(1, 9));
  }

  @Test
  void shouldFindTheFirstDifference() {
    byte[] data = filled(4096, 1);
    write(0, data);
    assertThat(run("2f 02 00000000 00 1000 00", data).status()).isEqualTo(Outcome.GOOD);
    data[1_500_000] = 2;
    Outcome different = run("2f 02 00000000 00 1000 00", data);
    assertThat(different.sense().key()).isEqualTo(0xe);
    assertThat(different.sense().information()).isEqualTo(1_500_000);
    assertThat(run("2f 06 00000000 00 1000 00", filled(1, 1)).status()).isEqualTo(Outcome.GOOD);
    assertThat(run("2f 06 00000000 00 1000 00", filled(1, 3)).sense().information()).isZero();
  }

  @Test
  void shouldTellEachAttentionOnceAndFirst() {
    attentions.add(Sense.POWER_ON);
    attentions.add(Sense.RESET_OCCURRED);
    attentions.add(Sense.POWER_ON);
    assertThat(run("12 00 00 0024 00").status()).as("INQUIRY goes before").isEqualTo(Outcome.GOOD);
    assertThat(run("2a 00 00000000 00 0001 00").sense()).isEqualTo(Sense.POWER_ON);
    assertThat(bytes(run("03 00 0000 ff 00"))[13]).isEqualTo((byte) 0x03);
    assertThat(run("00").status()).isEqualTo(Outcome.GOOD);
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() {
    assertThat(run("7f 00").sense()).as("variable length").isEqualTo(Sense.INVALID_OPCODE);
    assertThat(run("a4 0a 00000000 00000000").sense())
        .as("SET TARGET PORT GROUPS: the ways change implicitly alone")
        .isEqualTo(Sense.INVALID_OPCODE);
    assertThat(run("9e 1f").sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(run("28 20 00000000 00 0001 00").sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(run("12 01 99 00ff 00").sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(run("1a 00 c0 00 ff 00").sense()).isEqualTo(Sense.SAVING_NOT_SUPPORTED);
  }

  @Test
  void shouldAcceptModesThatAreSo() {
    byte[] control = bytes(run("1a 08 0a 00 ff 00"));
    assertThat(control[2]).as("not write protected, FUA understood").isEqualTo((byte) 0x10);
    control[0] = 0;
    String select = String.format("15 10 00 00 %02x 00", control.length);
    assertThat(run(select, control).status()).isEqualTo(Outcome.GOOD);
    control[control.length - 1] ^= 1;
    assertThat(run(select, control).sense()).isEqualTo(Sense.INVALID_FIELD_IN_PARAMETERS);
    byte[] described = bytes(run("1a 00 0a 00 ff 00"));
    described[0] = 0;
    String selectAll = String.format("15 10 00 00 %02x 00", described.length);
    assertThat(run(selectAll, described).status()).isEqualTo(Outcome.GOOD);
    described[10] ^= 0x12; // blocks of 4 KiB
    assertThat(run(selectAll, described).sense()).isEqualTo(Sense.INVALID_FIELD_IN_PARAMETERS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a 000000 01 00", // WRITE 6
        "2a 00 00000000 00 0001 00", // WRITE 10
        "aa 00 00000000 00000001 00 00", // WRITE 12
        "8a 00 0000000000000000 00000001", // WRITE 16
        "2e 00 00000000 00 0001 00", // WRITE AND VERIFY 10
        "ae 00 00000000 00000001 00 00", // WRITE AND VERIFY 12
        "8e 00 0000000000000000 00000001", // WRITE AND VERIFY 16
        "41 00 00000000 00 0001 00", // WRITE SAME 10
        "93 09 0000000000000000 00000001", // WRITE SAME 16 that unmaps
        "42 00 00000000 00 0018 00", // UNMAP
        "89 00 0000000000000000 000000 01 00" // COMPARE AND WRITE
      })
  void shouldRefuseToWriteWhatIsProtected(String hex) {
    write(0, filled(1, 5));
    Work before = unit.prepare(cdb(hex));
    readOnly.set(true);
    Work work = unit.prepare(cdb(hex));
    assertThat(work.outBytes()).as("no data are asked for").isZero();
    assertThat(work.run(ByteBuffer.allocate(0)).join().sense()).isEqualTo(Sense.WRITE_PROTECTED);
    assertThat(before.run(ByteBuffer.allocate(1024)).join().sense())
        .as("protected while the data were on their way")
        .isEqualTo(Sense.WRITE_PROTECTED);
    assertThat(read(0, 1)).isEqualTo(filled(1, 5));
  }

  @Test
  void shouldSayThatItIsProtected() {
    readOnly.set(true);
    assertThat(bytes(run("1a 08 3f 00 ff 00"))[2]).as("MODE SENSE 6").isEqualTo((byte) 0x90);
    assertThat(bytes(run("5a 08 3f 00 000000 00ff 00"))[3]).isEqualTo((byte) 0x90);
    assertThat(run("00")).isEqualTo(Outcome.DONE);
    assertThat(run("35 00 00000000 00 0000 00")).as("nothing to write").isEqualTo(Outcome.DONE);
    readOnly.set(false);
    write(0, filled(1, 5));
  }

  /** SBC-3: which lists are told, in the format that was asked for, and nothing in them. */
  @Test
  void shouldHaveNoDefects() {
    assertThat(HexFormat.of().formatHex(bytes(run("37 00 1d 00000000 00ff 00"))))
        .isEqualTo("001d0000");
    assertThat(HexFormat.of().formatHex(bytes(run("b7 0d 00000000 00000100 00 00"))))
        .isEqualTo("000d000000000000");
    assertThat(bytes(run("37 00 1d 00000000 0002 00"))).hasSize(2);
  }

  @Test
  void shouldTellWhyStorageFailed() {
    disk.spoil(512, ErrorCode.CORRUPT);
    assertThat(run("28 00 00000001 00 0001 00").sense()).isEqualTo(Sense.UNRECOVERED_READ_ERROR);
    assertThat(run("2a 00 00000001 00 0001 00", filled(1, 1)).sense()).isEqualTo(Sense.WRITE_ERROR);
    disk.spoil(512, ErrorCode.NO_SPACE);
    assertThat(run("2a 00 00000001 00 0001 00", filled(1, 1)).sense())
        .isEqualTo(Sense.SPACE_ALLOCATION_FAILED);
    disk.spoil(512, ErrorCode.UNAVAILABLE);
    assertThat(unit.prepare(cdb("28 00 00000001 00 0001 00")).run(null))
        .as("no answer is better than an error")
        .isCompletedExceptionally();
  }

  @Test
  void shouldDescribeEachOperation() {
    for (Operation operation : Operation.values()) {
      byte[] usage = operation.usage();
      assertThat(usage[0] & 0xff).isEqualTo(operation.opcode());
      assertThat(usage.length)
          .isEqualTo(
              switch (operation.opcode() >> 5) {
                case 0 -> 6;
                case 1, 2 -> 10;
                case 4 -> 16;
                default -> 12;
              });
    }
  }
}
