package io.aerie.nbd.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.nbd.server.NbdTestClient.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: every command does what the protocol says, with simple and structured replies; errors have
 * the right number; nothing is left behind whatever a client does. Method: a real server over
 * volumes in memory whose operations can be held back, a client that sends chosen bytes.
 */
final class TransmissionTest {
  private static final int READ = 0;
  private static final int DISC = 2;
  private static final int FLUSH = 3;
  private static final int TRIM = 4;
  private static final int ZEROES = 6;
  private static final int STATUS = 7;
  private static final int FUA = 1;
  private static final int EIO = 5;
  private static final int EPERM = 1;
  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;
  private static final int ESHUTDOWN = 108;
  private static final int MIB = 1 << 20;

  private NbdServerFixture fixture = new NbdServerFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static ByteBuffer ints(int... values) {
    ByteBuffer of = ByteBuffer.allocate(values.length * Integer.BYTES);
    of.asIntBuffer().put(values);
    return of;
  }

  private static byte[] random(int length, long seed) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    return data;
  }

  @Test
  void shouldReadBackWhatWasWrittenAtAnyAlignment() throws IOException {
    byte[] data = random(3 * MIB + 77, 1);
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      client.write(FUA, 1, 4095, data);
      assertThat(client.error(1)).isZero();
      client.request(READ, 0, 2, 4095, data.length);
      Reply reply = client.read(data.length);
      assertThat(reply.simple()).isTrue();
      assertThat(reply.payload()).isEqualTo(ByteBuffer.wrap(data));
      client.request(READ, 0, 3, 4096, 10);
      assertThat(client.read(10).payload()).isEqualTo(ByteBuffer.wrap(data, 1, 10).slice());
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldAnswerEveryCommand() throws IOException {
    try (NbdTestClient client = fixture.connect().hello().goStructured("v1")) {
      client.write(0, 1, 0, random(256 << 10, 2));
      assertThat(client.error(1)).isZero();
      client.request(FLUSH, 0, 2, 0, 0);
      assertThat(client.error(2)).isZero();
      client.request(ZEROES, FUA | 1 << 1 | 1 << 4, 3, 1000, 5000);
      assertThat(client.error(3)).isZero();
      client.request(TRIM, FUA, 4, 60_000, 100_000);
      assertThat(client.error(4)).isZero();
      client.request(STATUS, 0, 5, 60_000, 100_000);
      Reply status = client.read(0);
      assertThat(status.type()).isEqualTo(5);
      assertThat(status.flags()).isEqualTo(1);
      // Up to the unit that was given back, the unit, and what is behind it.
      assertThat(status.payload()).isEqualTo(ints(1, 5536, 0, 65536, 3, 28928, 0));
      client.request(STATUS, 1 << 3, 5, 60_000, 100_000);
      assertThat(client.read(0).payload()).as("one extent").isEqualTo(ints(1, 5536, 0));
      client.request(READ, 1 << 2, 6, 0, 256 << 10);
      Reply read = client.read(0);
      assertThat(read.type()).isEqualTo(1);
      assertThat(read.flags()).isEqualTo(1);
      assertThat(read.payload().getLong()).isZero();
      byte[] expected = random(256 << 10, 2);
      Arrays.fill(expected, 1000, 6000, (byte) 0);
      Arrays.fill(expected, 64 << 10, 128 << 10, (byte) 0);
      assertThat(read.payload()).isEqualTo(ByteBuffer.wrap(expected));
    }
  }

  @Test
  void shouldSendLargeStructuredReadsInChunksAndErrorsWhereTheyAre() throws IOException {
    byte[] data = random(4 * MIB, 3);
    try (NbdTestClient client = fixture.connect().hello().goStructured("v1")) {
      client.write(0, 1, 0, data);
      assertThat(client.error(1)).isZero();
      fixture.disk1.spoil(MIB + 5, ErrorCode.CORRUPT);
      client.request(READ, 0, 2, 0, 4 * MIB);
      byte[] got = new byte[4 * MIB];
      long errorOffset = -1;
      Reply reply = client.read(0);
      for (; reply.flags() == 0; reply = client.read(0)) {
        assertThat(reply.cookie()).isEqualTo(2);
        if (reply.type() == 0x8002) {
          assertThat(reply.error()).isEqualTo(EIO);
          errorOffset = reply.payload().getLong(reply.payload().limit() - 8);
        } else {
          int offset = (int) reply.payload().getLong();
          reply.payload().get(got, offset, reply.payload().remaining());
        }
      }
      assertThat(reply.type()).as("NONE closes").isZero();
      assertThat(errorOffset).isEqualTo(MIB);
      Arrays.fill(data, MIB, 2 * MIB, (byte) 0);
      assertThat(got).isEqualTo(data);

      client.request(READ, 1 << 2, 3, 0, 4 * MIB);
      Reply whole = client.read(0);
      assertThat(whole.type()).as("not fragmented: one error").isEqualTo(0x8001);
      assertThat(whole.error()).isEqualTo(EIO);
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldRefuseInvalidRequestsAndStayInStep() throws IOException {
    long end = NbdServerFixture.V1_BYTES;
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      client.request(READ, 0, 1, end - 10, 11);
      assertThat(client.error(1)).isEqualTo(EINVAL);
      client.request(READ, 0, 2, -1, 1);
      assertThat(client.error(2)).isEqualTo(EINVAL);
      client.request(READ, 0, 3, 0, (32 << 20) + 1);
      assertThat(client.error(3)).isEqualTo(EINVAL);
      client.request(READ, 0, 4, 0, -1);
      assertThat(client.error(4)).isEqualTo(EINVAL);
      client.write(0, 5, end - 10, new byte[11]);
      assertThat(client.error(5)).isEqualTo(ENOSPC);
      client.write(0, 6, 0, new byte[33 << 20]);
      assertThat(client.error(6)).as("too large, skipped").isEqualTo(EINVAL);
      client.write(1 << 4, 7, 0, new byte[512]);
      assertThat(client.error(7)).as("flag of another command").isEqualTo(EINVAL);
      client.request(ZEROES, 0, 8, end, 1);
      assertThat(client.error(8)).isEqualTo(ENOSPC);
      client.request(TRIM, 0, 9, end, 1);
      assertThat(client.error(9)).isEqualTo(EINVAL);
      client.request(STATUS, 0, 10, 0, 4096);
      assertThat(client.error(10)).as("no context selected").isEqualTo(EINVAL);
      client.request(READ, 1 << 2, 11, 0, 1);
      assertThat(client.error(11)).as("DF without structured replies").isEqualTo(EINVAL);
      client.request(77, 0, 12, 0, 0);
      assertThat(client.error(12)).isEqualTo(EINVAL);
      client.request(FLUSH, 0, 13, 1, 0);
      assertThat(client.error(13)).isEqualTo(EINVAL);
      client.request(READ, 0, 14, end - 1, 1);
      assertThat(client.read(1).error()).isZero();
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldTellStoragesFailuresByNumber() throws IOException {
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      assertThat(writeFailing(client, ErrorCode.NO_SPACE)).isEqualTo(ENOSPC);
      assertThat(writeFailing(client, ErrorCode.RESERVED)).isEqualTo(EPERM);
      assertThat(writeFailing(client, ErrorCode.TIMED_OUT)).isEqualTo(EIO);
      assertThat(writeFailing(client, ErrorCode.IO_ERROR)).isEqualTo(EIO);
      assertThat(writeFailing(client, ErrorCode.INVALID_VALUE)).isEqualTo(EINVAL);
      assertThat(writeFailing(client, ErrorCode.FENCED)).isEqualTo(ESHUTDOWN);
    }
    fixture.assertNothingLeft();
  }

  private int writeFailing(NbdTestClient client, ErrorCode code) throws IOException {
    fixture.disk1.spoil(0, code);
    client.write(0, 1, 0, new byte[512]);
    return client.error(1);
  }

  @Test
  void shouldAnswerInTheOrderInWhichRequestsGetDone() throws IOException {
    fixture.storage.hold();
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      client.request(READ, 0, 1, 0, 8);
      client.request(READ, 0, 2, 8, 8);
      client.request(FLUSH, 0, 3, 0, 0);
      assertThat(client.error(3)).as("a flush waits for nothing that was not answered").isZero();
      NbdServerFixture.await("both reads at work", () -> fixture.storage.heldCount() == 2);
      fixture.storage.release(1);
      assertThat(client.read(8).cookie()).isEqualTo(2);
      fixture.storage.release(0);
      assertThat(client.read(8).cookie()).isEqualTo(1);
    }
  }

  @Test
  void shouldStopReadingAFullConnectionAndLoseNothing() throws Exception {
    fixture.close();
    fixture = smallLimits();
    fixture.storage.hold();
    int count = 300;
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      Thread sender =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < count; i++) {
                    client.write(0, i, i * 4096L, random(4096, i));
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      sender.start();
      NbdServerFixture.await("the bound is reached", () -> fixture.storage.heldCount() == 8);
      assertThat(fixture.protocol.atWorkBytes()).isEqualTo(8 * 4096);
      fixture.storage.releaseAll();
      Set<Long> answered = new HashSet<>();
      for (int i = 0; i < count; i++) {
        Reply reply = client.read(0);
        assertThat(reply.error()).isZero();
        answered.add(reply.cookie());
      }
      sender.join();
      assertThat(answered).hasSize(count);
      for (int i = 0; i < count; i += 37) {
        client.request(READ, 0, i, i * 4096L, 4096);
        assertThat(client.read(4096).payload()).isEqualTo(ByteBuffer.wrap(random(4096, i)));
      }
    }
    fixture.assertNothingLeft();
  }

  private static NbdServerFixture smallLimits() {
    return new NbdServerFixture(
        new NbdLimits(Duration.ofSeconds(10), 64, 8, 64 << 10, 128 << 10, Duration.ofMillis(300)),
        null);
  }

  @Test
  void shouldBoundBytesOfAllConnectionsAndLetEachGoOn() throws Exception {
    fixture.close();
    fixture = smallLimits();
    fixture.storage.hold();
    try (NbdTestClient first = fixture.connect().hello().go("v1");
        NbdTestClient second = fixture.connect().hello().go("v1");
        NbdTestClient third = fixture.connect().hello().go("v1")) {
      // 60 KiB + 4 KiB fit twice into 128 KiB; the third has one request only.
      int admittedCount = 0;
      for (NbdTestClient client : new NbdTestClient[] {first, second, third}) {
        client.request(READ, 0, 1, 0, 60 << 10);
        client.request(READ, 0, 2, 0, 4 << 10);
        int expected = Math.min(admittedCount + 2, 5);
        NbdServerFixture.await("admitted", () -> fixture.storage.heldCount() == expected);
        admittedCount = expected;
      }
      assertThat(fixture.protocol.atWorkBytes()).isLessThanOrEqualTo(188 << 10);
      fixture.storage.releaseAll();
      for (NbdTestClient client : new NbdTestClient[] {first, second, third}) {
        Reply one = client.read(60 << 10);
        assertThat(one.cookie()).isEqualTo(1);
        assertThat(client.read(4 << 10).cookie()).isEqualTo(2);
      }
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldFinishWhatIsAtWorkOnDisconnect() throws IOException {
    fixture.storage.hold();
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      client.write(0, 1, 0, random(4096, 9));
      client.request(DISC, 0, 2, 0, 0);
      NbdServerFixture.await("write at work", () -> fixture.storage.heldCount() == 1);
      fixture.storage.releaseAll();
      assertThat(client.error(1)).isZero();
      assertThat(client.atEnd()).isTrue();
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldLeaveNothingBehindWhenAClientVanishes() throws IOException {
    fixture.storage.hold();
    NbdTestClient client = fixture.connect().hello().go("v1");
    client.write(0, 1, 0, random(4096, 9));
    client.request(READ, 0, 2, 0, 1 << 20);
    client.raw(NbdTestClient.header(1, 0, 3, 0, 1 << 20).array());
    client.raw(new byte[1000]);
    NbdServerFixture.await(
        "two at work, a third half there",
        () -> fixture.storage.heldCount() == 2 && fixture.protocol.atWorkBytes() > 2 << 20);
    client.close();
    fixture.assertNothingLeft();
    assertThat(fixture.storage.heldCount()).as("its operations never happen").isZero();
  }

  @Test
  void shouldCloseOnABadMagic() throws IOException {
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      client.raw(new byte[28]);
      assertThat(client.atEnd()).isTrue();
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldShareWritesAmongConnections() throws IOException {
    try (NbdTestClient one = fixture.connect().hello().go("v1");
        NbdTestClient two = fixture.connect().hello().go("v1")) {
      byte[] data = random(4096, 4);
      one.write(0, 1, 0, data);
      assertThat(one.error(1)).isZero();
      two.request(READ, 0, 1, 0, 4096);
      assertThat(two.read(4096).payload()).isEqualTo(ByteBuffer.wrap(data));
    }
  }

  @Test
  void shouldShowAPauseOnlyWhenStorageIsSwapped() throws Exception {
    fixture.storage.hold();
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      byte[] data = random(8192, 5);
      client.write(0, 1, 0, data);
      NbdServerFixture.await("write at work", () -> fixture.storage.heldCount() == 1);
      MemoryVolumes next = new MemoryVolumes(fixture.disks);
      fixture.source.unset(fixture.storage);
      client.request(READ, 0, 2, 65_536, 4);
      fixture.source.set(next);
      Set<Long> answered = new HashSet<>();
      for (int i = 0; i < 2; i++) {
        // The read's payload is zeroes of an unwritten range; the write's reply has none.
        Reply reply = client.read(0);
        assertThat(reply.error()).isZero();
        answered.add(reply.cookie());
        if (reply.cookie() == 2) {
          assertThat(client.readExactly(4)).containsOnly(0);
        }
      }
      assertThat(answered).containsExactlyInAnyOrder(1L, 2L);
      client.request(READ, 0, 3, 0, 8192);
      assertThat(client.read(8192).payload()).isEqualTo(ByteBuffer.wrap(data));
      assertThat(next.openNowCount()).isEqualTo(1);
      client.close();
      NbdServerFixture.await("closed there too", () -> next.openNowCount() == 0);
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldEndTheSessionWhenStorageStaysAway() throws Exception {
    byte[] data = random(8192, 6);
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      fixture.source.unset(fixture.storage);
      client.write(0, 1, 0, data);
      assertThat(client.atEnd()).as("no answer, and no error").isTrue();
    }
    NbdServerFixture.await("closed", () -> fixture.server.connectionCount() == 0);
    MemoryVolumes next = new MemoryVolumes(fixture.disks);
    fixture.source.set(next);
    try (NbdTestClient again = fixture.connect().hello().go("v1")) {
      again.request(READ, 0, 1, 0, 8192);
      assertThat(again.read(8192).payload().array()).as("never took effect").containsOnly(0);
      again.write(0, 2, 0, data);
      assertThat(again.error(2)).isZero();
    }
    NbdServerFixture.await("closed there too", () -> next.openNowCount() == 0);
    fixture.assertNothingLeft();
  }

  @Test
  void shouldAnswerWhatIsAtWorkWhenTheServerStops() throws Exception {
    fixture.storage.hold();
    try (NbdTestClient client = fixture.connect().hello().go("v1")) {
      client.write(0, 1, 0, new byte[512]);
      NbdServerFixture.await("write at work", () -> fixture.storage.heldCount() == 1);
      var stopped = fixture.server.stop();
      client.request(READ, 0, 2, 0, 512);
      assertThat(client.error(2)).isEqualTo(ESHUTDOWN);
      fixture.storage.releaseAll();
      assertThat(client.error(1)).isZero();
      assertThat(client.atEnd()).isTrue();
      stopped.join();
    }
    fixture.assertNothingLeft();
  }
}
