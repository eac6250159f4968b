package io.aerie.iscsi.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.Nexus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Goal: a unit of 4 KiB blocks counts everything in them: sizes, addresses, limits, data. Method:
 * commands in bytes; what they did is looked at in the volume, which counts bytes.
 */
final class LargeBlocksTest {
  private static final long SIZE_BYTES = 1L << 30;
  private static final int BLOCK_BYTES = 4096;

  private final BlockVolume volume =
      new MemoryVolumes(Map.of("v1", new VolumeContent("id-1", SIZE_BYTES)))
          .open("v1", "test")
          .join();
  private final LogicalUnit unit =
      new LogicalUnit(
          new Unit("id-1", "iqn.2026-01.io.aerie:t", 7, BLOCK_BYTES),
          volume,
          new Nexus("iqn.2026-01.io.aerie:i,i,0x000000000001", 7),
          volume::sizeBytes,
          () -> false,
          () -> new PortGroups(List.of(7), 7),
          () -> List.of(1),
          new Attentions(),
          naa -> CompletableFuture.completedFuture(null));

  private Outcome run(String hex, byte[] data) {
    byte[] cdb = Arrays.copyOf(HexFormat.of().parseHex(hex.replace(" ", "")), 16);
    return unit.prepare(cdb).run(ByteBuffer.wrap(data)).join();
  }

  private String ask(String hex) {
    Outcome outcome = run(hex, new byte[0]);
    assertThat(outcome.status()).isEqualTo(Outcome.GOOD);
    byte[] bytes = new byte[outcome.data().remaining()];
    outcome.data().duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private byte[] stored(int offset, int length) {
    byte[] bytes = new byte[length];
    volume.read(offset, length).join().get(bytes);
    return bytes;
  }

  private void assertRefused(String hex, byte[] data) {
    assertThat(run(hex, data).sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
  }

  private static byte[] filled(int blocks, int value) {
    byte[] data = new byte[blocks * BLOCK_BYTES];
    Arrays.fill(data, (byte) value);
    return data;
  }

  @Test
  void shouldCountSizesInItsBlocks() {
    assertThat(ask("25")).isEqualTo("0003ffff" + "00001000");
    assertThat(ask("9e 10 0000000000000000 00000020"))
        .as("a logical block is a physical one")
        .startsWith("000000000003ffff" + "00001000" + "0000" + "c000");
    assertThat(ask("1a 00 3f 00 ff 00").substring(8)).startsWith("00040000" + "00001000");
    assertThat(ask("5a 10 3f 00 000000 00ff 00").substring(16))
        .startsWith("0000000000040000" + "00000000" + "00001000");
  }

  @Test
  void shouldCountLimitsInItsBlocks() {
    String limits = ask("12 01 b0 00ff 00");
    assertThat(limits).startsWith("00b0003c" + "01" + "01" + "0001");
    assertThat(limits.substring(16)).as("32 MiB, 1 MiB").startsWith("00002000" + "00000100");
    assertThat(limits.substring(40))
        .as("UNMAP of 512 MiB, 256 ranges, 64 KiB units, WRITE SAME of 512 MiB")
        .startsWith("00020000" + "00000100" + "00000010" + "80000000" + "0000000000020000");
    assertRefused("28 00 00000000 00 2001 00", new byte[0]);
    assertRefused("93 08 0000000000000000 00020001", filled(1, 0));
    assertThat(run("93 08 0000000000000000 00020000", filled(1, 0))).isEqualTo(Outcome.DONE);
    assertThat(ask("12 01 8f 00ff 00")).as("segments of 65,535 blocks").contains("0ffff000" + "0c");
    assertThat(ask("84 03 0000000000000000 00000100")).contains("0ffff000").contains("0c");
  }

  @Test
  void shouldWriteAndReadWhereItsBlocksAre() {
    assertThat(run("2a 00 00000003 00 0002 00", filled(2, 5))).isEqualTo(Outcome.DONE);
    assertThat(stored(3 * BLOCK_BYTES, 2 * BLOCK_BYTES)).isEqualTo(filled(2, 5));
    assertThat(stored(5 * BLOCK_BYTES, BLOCK_BYTES)).isEqualTo(filled(1, 0));
    assertThat(ask("28 00 00000004 00 0001 00")).isEqualTo(HexFormat.of().formatHex(filled(1, 5)));
    assertThat(run("28 00 00040000 00 0001 00", new byte[0]).sense()).isEqualTo(Sense.OUT_OF_RANGE);
    assertThat(run("41 00 00000008 00 0003 00", filled(1, 9))).isEqualTo(Outcome.DONE);
    assertThat(stored(8 * BLOCK_BYTES, 3 * BLOCK_BYTES)).isEqualTo(filled(3, 9));
    assertThat(stored(11 * BLOCK_BYTES, BLOCK_BYTES)).isEqualTo(filled(1, 0));
  }

  @Test
  void shouldCompareAndWriteOneOfItsBlocks() {
    byte[] both = Arrays.copyOf(filled(2, 0), 2 * BLOCK_BYTES);
    Arrays.fill(both, BLOCK_BYTES, 2 * BLOCK_BYTES, (byte) 3);
    assertThat(run("89 00 0000000000000005 000000 01 00", both)).isEqualTo(Outcome.DONE);
    assertThat(stored(5 * BLOCK_BYTES, BLOCK_BYTES)).isEqualTo(filled(1, 3));
    Arrays.fill(both, 0, BLOCK_BYTES, (byte) 3);
    both[4000] = 4;
    assertThat(run("89 00 0000000000000005 000000 01 00", both).sense())
        .isEqualTo(Sense.MISCOMPARE.at(4000));
    assertThat(run("89 00 0000000000000005 000000 02 00", filled(4, 0)).sense())
        .isEqualTo(Sense.INVALID_FIELD_IN_CDB);
  }

  @Test
  void shouldUnmapAndTellItsBlocks() {
    volume.write(0, ByteBuffer.wrap(filled(48, 5))).join();
    byte[] list =
        HexFormat.of().parseHex("0016001000000000" + "000000000000001000000010" + "00000000");
    assertThat(run("42 00 00000000 00 0018 00", list)).isEqualTo(Outcome.DONE);
    assertThat(stored(16 * BLOCK_BYTES, 16 * BLOCK_BYTES)).isEqualTo(filled(16, 0));
    assertThat(ask("9e 12 0000000000000008 00000038 00 00"))
        .isEqualTo(
            "00000034"
                + "00000000"
                + ("0000000000000008" + "00000008" + "00000000")
                + ("0000000000000010" + "00000010" + "01000000")
                + ("0000000000000020" + "00000010" + "00000000"));
  }
}
