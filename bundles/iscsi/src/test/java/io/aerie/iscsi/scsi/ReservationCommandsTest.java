package io.aerie.iscsi.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: reservations as bytes are what SPC-4 says, and who is excluded is told so, whatever he
 * asks. Method: two initiators with a volume in memory; the rules themselves have a test of their
 * own.
 */
final class ReservationCommandsTest {
  private static final String IN = "5e %02x 0000000000 %04x 00";
  private static final String OUT = "5f %02x %02x 0000 %08x 00";
  private static final long KEY_A = 0x0a0a;
  private static final long KEY_B = 0x0b0b;
  private static final int WRITE_EXCLUSIVE = 1;
  private static final int EXCLUSIVE_ACCESS = 3;
  private static final int REGISTRANTS_ONLY = 5;
  private static final int ALL_REGISTRANTS = 7;

  private final MemoryVolumes storage =
      new MemoryVolumes(Map.of("v1", new VolumeContent("id-1", 8L << 20)));
  private final Initiator a = new Initiator("iqn.2026-01.io.aerie:a,i,0x00000000000a", 7);
  private final Initiator b = new Initiator("iqn.2026-01.io.aerie:bcd,i,0x00000000000b", 9);

  private final class Initiator implements ReservationListener {
    private final Nexus nexus;
    private final Attentions attentions = new Attentions();
    private final LogicalUnit unit;
    private boolean aborted;

    Initiator(String name, int port) {
      nexus = new Nexus(name, port);
      BlockVolume volume = storage.open("v1", name, Optional.of(nexus), this).join();
      unit =
          new LogicalUnit(
              new Unit("id-1", "iqn.2026-01.io.aerie:t", port, 512),
              volume,
              nexus,
              volume::sizeBytes,
              () -> false,
              () -> new PortGroups(List.of(7, 9), 7),
              () -> List.of(1),
              attentions,
              naa -> CompletableFuture.completedFuture(null));
    }

    @Override
    public void attention(Attention what) {
      attentions.add(what);
    }

    @Override
    public void aborted() {
      aborted = true;
    }

    Outcome run(String hex, byte[] data) {
      byte[] cdb = Arrays.copyOf(HexFormat.of().parseHex(hex.replace(" ", "")), 16);
      return unit.prepare(cdb).run(ByteBuffer.wrap(data)).join();
    }

    Outcome run(String hex) {
      return run(hex, new byte[0]);
    }

    String in(int action, int allocation) {
      Outcome outcome = run(String.format(IN, action, allocation));
      assertThat(outcome.status()).isEqualTo(Outcome.GOOD);
      byte[] bytes = new byte[outcome.data().remaining()];
      outcome.data().duplicate().get(bytes);
      return HexFormat.of().formatHex(bytes);
    }

    Outcome out(int action, int type, byte[] list) {
      return run(String.format(OUT, action, type, list.length), list);
    }

    Outcome out(int action, int type, long key, long newKey) {
      return out(action, type, list(key, newKey, 0));
    }

    void register(long key) {
      assertThat(out(6, 0, 0, key).status()).isEqualTo(Outcome.GOOD);
    }

    void reserve(int type, long key) {
      assertThat(out(1, type, key, 0).status()).isEqualTo(Outcome.GOOD);
    }
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] list(long key, long newKey, int flags) {
    return ByteBuffer.allocate(24).putLong(key).putLong(newKey).put(20, (byte) flags).array();
  }

  private static byte[] move(long key, long newKey, int flags, int port, byte[] initiator) {
    return ByteBuffer.allocate(24 + initiator.length)
        .putLong(key)
        .putLong(newKey)
        .put((byte) 0)
        .put((byte) flags)
        .putShort((short) port)
        .putInt(initiator.length)
        .put(initiator)
        .array();
  }

  @Test
  void shouldTellWhatItCan() {
    assertThat(a.in(2, 8)).isEqualTo("00081180ea010000");
    assertThat(a.out(6, 0, list(0, KEY_A, 1)).status()).isEqualTo(Outcome.GOOD);
    assertThat(a.in(2, 8)).as("it is to outlast a loss of power").isEqualTo("00081181ea010000");
  }

  /** What asks for no block is answered without storage, and excluded all the same. */
  @Test
  void shouldExcludeFromCommandsOfNoBlock() {
    byte[] none = new byte[0];
    byte[] noRanges = {0, 6, 0, 0, 0, 0, 0, 0};
    Map<String, byte[]> reads =
        Map.of(
            "28 00 00000000 00 0000 00", none,
            "2f 00 00000000 00 0000 00", none,
            "2f 00 00000000 00 0001 00", none,
            "28 00 00000000 00 0001 00", none);
    Map<String, byte[]> writes =
        Map.of(
            "2a 00 00000000 00 0000 00", none,
            "2e 00 00000000 00 0000 00", none,
            "42 00 00000000 00 0000 00", none,
            "42 00 00000000 00 0008 00", noRanges,
            "89 00 0000000000000000 000000 00 00 00", none);
    a.register(KEY_A);
    a.reserve(EXCLUSIVE_ACCESS, KEY_A);
    assertAllAnswer(Outcome.RESERVATION_CONFLICT, b, reads);
    assertAllAnswer(Outcome.RESERVATION_CONFLICT, b, writes);
    assertAllAnswer(Outcome.GOOD, a, reads);
    assertAllAnswer(Outcome.GOOD, a, writes);
    assertThat(a.out(2, EXCLUSIVE_ACCESS, KEY_A, 0).status()).isEqualTo(Outcome.GOOD);
    a.reserve(WRITE_EXCLUSIVE, KEY_A);
    assertAllAnswer(Outcome.GOOD, b, reads);
    assertAllAnswer(Outcome.RESERVATION_CONFLICT, b, writes);
  }

  private static void assertAllAnswer(int status, Initiator initiator, Map<String, byte[]> cdbs) {
    cdbs.forEach(
        (cdb, data) -> assertThat(initiator.run(cdb, data).status()).as(cdb).isEqualTo(status));
  }

  /** Nothing would be written, as no whole block came; all the same nobody is told that it was. */
  @Test
  void shouldExcludeFromWritesWithoutAWholeBlock() {
    String write = "2a 00 00000000 00 0001 00";
    String writeAndVerify = "2e 00 00000000 00 0001 00";
    assertThat(b.run(write, new byte[200])).isEqualTo(Outcome.DONE);
    a.register(KEY_A);
    a.reserve(1, KEY_A);
    assertThat(b.run(write, new byte[200])).isEqualTo(Outcome.CONFLICT);
    assertThat(b.run(writeAndVerify, new byte[200])).isEqualTo(Outcome.CONFLICT);
    assertThat(a.run(write, new byte[200])).isEqualTo(Outcome.DONE);
  }

  @Test
  void shouldListKeysAndReservation() {
    assertThat(a.in(0, 255)).isEqualTo("0000000000000000");
    assertThat(a.in(1, 255)).isEqualTo("0000000000000000");
    a.register(KEY_A);
    b.register(KEY_B);
    String keys = "00000002" + "00000010" + "0000000000000a0a" + "0000000000000b0b";
    assertThat(b.in(0, 255)).isEqualTo(keys);
    assertThat(b.in(0, 12)).as("cut off, the length is not").isEqualTo(keys.substring(0, 24));
    b.reserve(REGISTRANTS_ONLY, KEY_B);
    assertThat(a.in(1, 255))
        .isEqualTo("00000002" + "00000010" + "0000000000000b0b" + "00000000" + "00050000");
    assertThat(b.out(2, REGISTRANTS_ONLY, KEY_B, 0).status()).isEqualTo(Outcome.GOOD);
    a.run("00");
    a.reserve(ALL_REGISTRANTS, KEY_A);
    assertThat(a.in(1, 255))
        .as("what all hold has no key")
        .isEqualTo("00000002" + "00000010" + "0000000000000000" + "00000000" + "00070000");
  }

  @Test
  void shouldTellTheFullStatus() {
    a.register(KEY_A);
    b.register(KEY_B);
    b.reserve(EXCLUSIVE_ACCESS, KEY_B);
    String nameOfA = hex(a.nexus.initiator() + "\0");
    String nameOfB = hex(b.nexus.initiator() + "\0\0\0");
    assertThat(a.in(3, 1024))
        .isEqualTo(
            ("00000002" + "0000008c")
                + ("0000000000000a0a" + "00000000" + "00000000" + "00000007" + "0000002c")
                + ("45000028" + nameOfA)
                + ("0000000000000b0b" + "00000000" + "01030000" + "00000009" + "00000030")
                + ("4500002c" + nameOfB));
  }

  /** Whatever asks for a way: data through storage, all else before it. */
  @ParameterizedTest
  @CsvSource({
    "1, 2a 00 00000000 00 0001 00, 18, 00",
    "1, 28 00 00000000 00 0001 00, 00, 00",
    "1, 42 00 00000000 00 0000 00, 18, 00",
    "1, 93 09 0000000000000000 00000008 0000, 18, 00",
    "1, 35 00 00000000 00 0000 00, 18, 00",
    "1, 15 10 0000 00 00, 18, 00",
    "1, 1a 00 08 00 ff 00, 00, 00",
    "3, 28 00 00000000 00 0001 00, 18, 00",
    "3, 1a 00 08 00 ff 00, 18, 00",
    "3, 2f 00 00000000 00 0001 00, 18, 00",
    "3, 00 00000000 00, 00, 00",
    "3, 12 00 00 00ff 00, 00, 00",
    "3, 25 00 00000000 0000 00 00, 00, 00",
    "3, a0 00 00000000 00000010 0000, 00, 00",
    "3, a3 0a 00000000 000000ff 0000, 00, 00",
    "5, 2a 00 00000000 00 0001 00, 18, 00",
    "8, 28 00 00000000 00 0001 00, 18, 00"
  })
  void shouldExclude(int type, String cdb, String stranger, String holder) {
    a.register(KEY_A);
    a.reserve(type, KEY_A);
    byte[] block = new byte[512];
    assertThat(b.run(cdb, block).status()).isEqualTo(Integer.parseInt(stranger, 16));
    assertThat(a.run(cdb, block).status()).isEqualTo(Integer.parseInt(holder, 16));
    b.register(KEY_B);
    boolean admitted = type >= 5;
    assertThat(b.run(cdb, block).status() == Outcome.RESERVATION_CONFLICT)
        .isEqualTo(!admitted && !stranger.equals("00"));
  }

  @Test
  void shouldTellTheOthers() {
    a.register(KEY_A);
    b.register(KEY_B);
    a.reserve(REGISTRANTS_ONLY, KEY_A);
    assertThat(a.out(2, WRITE_EXCLUSIVE, KEY_A, 0).sense()).isEqualTo(Sense.INVALID_RELEASE);
    assertThat(a.out(2, REGISTRANTS_ONLY, KEY_A, 0).status()).isEqualTo(Outcome.GOOD);
    assertThat(b.run("00").sense()).isEqualTo(Sense.RESERVATIONS_RELEASED);
    assertThat(a.out(3, 0, KEY_A, 0).status()).isEqualTo(Outcome.GOOD);
    assertThat(b.run("00").sense()).isEqualTo(Sense.RESERVATIONS_PREEMPTED);
    assertThat(b.out(1, WRITE_EXCLUSIVE, KEY_B, 0).status())
        .as("its registration is gone")
        .isEqualTo(Outcome.RESERVATION_CONFLICT);
    a.register(KEY_A);
    b.register(KEY_B);
    assertThat(a.out(4, WRITE_EXCLUSIVE, KEY_A, KEY_B).status()).isEqualTo(Outcome.GOOD);
    assertThat(b.run("00").sense()).isEqualTo(Sense.REGISTRATIONS_PREEMPTED);
    assertThat(b.aborted).isFalse();
    b.register(KEY_B);
    assertThat(a.out(5, WRITE_EXCLUSIVE, KEY_A, KEY_B).status()).isEqualTo(Outcome.GOOD);
    assertThat(b.aborted).isTrue();
    assertThat(a.run("00").status()).isEqualTo(Outcome.GOOD);
  }

  @Test
  void shouldMoveToAnotherPort() {
    a.register(KEY_A);
    a.reserve(WRITE_EXCLUSIVE, KEY_A);
    byte[] name = TransportId.write(b.nexus.initiator());
    assertThat(a.out(7, 0, move(KEY_A, KEY_B, 3, 8, name)).sense())
        .as("no such port")
        .isEqualTo(Sense.INVALID_FIELD_IN_PARAMETERS);
    byte[] device = name.clone();
    device[0] = 0x05;
    assertThat(a.out(7, 0, move(KEY_A, KEY_B, 3, 9, device)).sense())
        .as("no port of an initiator")
        .isEqualTo(Sense.INVALID_FIELD_IN_PARAMETERS);
    byte[] tooLong = Arrays.copyOf(move(KEY_A, KEY_B, 3, 9, name), 24 + name.length + 4);
    assertThat(a.out(7, 0, tooLong).sense()).isEqualTo(Sense.PARAMETER_LIST_LENGTH);
    assertThat(a.out(7, 0, move(KEY_A, KEY_B, 3, 9, name)).status()).isEqualTo(Outcome.GOOD);
    byte[] block = new byte[512];
    assertThat(b.run("2a 00 00000000 00 0001 00", block).status()).isEqualTo(Outcome.GOOD);
    assertThat(a.run("2a 00 00000000 00 0001 00", block).status())
        .isEqualTo(Outcome.RESERVATION_CONFLICT);
    assertThat(a.in(0, 255)).as("unregistered").endsWith("00000008" + "0000000000000b0b");
    assertThat(a.in(2, 8)).as("persistent").isEqualTo("00081181ea010000");
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 4, 12})
  void shouldRefuseToRegisterForOthers(int flags) {
    assertThat(a.out(0, 0, list(0, KEY_A, flags)).sense())
        .isEqualTo(Sense.INVALID_FIELD_IN_PARAMETERS);
    assertThat(a.in(0, 255)).isEqualTo("0000000000000000");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    a.register(KEY_A);
    byte[] list = list(KEY_A, 0, 0);
    for (int type : new int[] {0, 2, 4, 9, 0x15}) {
      assertThat(a.out(1, type, list).sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    }
    assertThat(a.out(8, 1, list).sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(a.run("5e 04 0000000000 00ff 00").sense()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    for (int length : new int[] {0, 23, 25, 2000}) {
      assertThat(a.out(1, 1, Arrays.copyOf(list, length)).sense())
          .isEqualTo(Sense.PARAMETER_LIST_LENGTH);
    }
    assertThat(a.run(String.format(OUT, 1, 1, 24), new byte[10]).sense())
        .as("fewer data than announced")
        .isEqualTo(Sense.PARAMETER_LIST_LENGTH);
    assertThat(a.out(0, 0, 99, 1).status()).isEqualTo(Outcome.RESERVATION_CONFLICT);
  }

  @Test
  void shouldReserveTheSimpleWay() {
    assertThat(a.run("16 01 000000 00").sense())
        .as("extents are obsolete")
        .isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(a.run("16 00 000000 00").status()).isEqualTo(Outcome.GOOD);
    for (String cdb : List.of("00 00 000000 00", "16 00 000000 00", "28 00 00000000 00 0001 00")) {
      assertThat(b.run(cdb).status()).isEqualTo(Outcome.RESERVATION_CONFLICT);
      assertThat(a.run(cdb).status()).isEqualTo(Outcome.GOOD);
    }
    assertThat(b.run(String.format(IN, 0, 255)).status()).isEqualTo(Outcome.RESERVATION_CONFLICT);
    assertThat(b.out(6, 0, 0, KEY_B).status()).isEqualTo(Outcome.RESERVATION_CONFLICT);
    assertThat(b.run("12 00 00 00ff 00").status()).isEqualTo(Outcome.GOOD);
    assertThat(b.run("17 00 000000 00").status()).as("not his").isEqualTo(Outcome.GOOD);
    assertThat(b.run("00").status()).isEqualTo(Outcome.RESERVATION_CONFLICT);
    a.unit.giveBack().join();
    assertThat(b.run("16 00 000000 00").status()).isEqualTo(Outcome.GOOD);
    a.unit.giveBack().join();
    assertThat(a.run("00").status())
        .as("nothing to give back")
        .isEqualTo(Outcome.RESERVATION_CONFLICT);
    assertThat(b.run("17 00 000000 00").status()).isEqualTo(Outcome.GOOD);
    assertThat(a.run("00").status()).isEqualTo(Outcome.GOOD);
  }
}
