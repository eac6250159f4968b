package io.aerie.nbd.server;

import static io.aerie.nbd.server.NbdTestClient.info;
import static io.aerie.nbd.server.NbdTestClient.last;
import static io.aerie.nbd.server.NbdTestClient.queries;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.nbd.server.NbdTestClient.OptionReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: every option is answered as the protocol's text says, well-formed or not, and a client that
 * speaks nonsense or nothing is cut off without harm to others. Method: a real server, a client
 * that sends chosen bytes.
 */
final class HandshakeTest {
  private static final byte[] NOTHING = new byte[0];
  private static final int ACK = 1;
  private static final int UNSUP = 0x80000001;
  private static final int POLICY = 0x80000002;
  private static final int INVALID = 0x80000003;
  private static final int UNKNOWN = 0x80000006;
  private static final int SHUTDOWN = 0x80000007;
  private static final int TOO_BIG = 0x80000009;

  private NbdServerFixture fixture = new NbdServerFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void shouldListVolumesWithDescriptions() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      List<OptionReply> replies = client.option(3, NOTHING);
      assertThat(replies).hasSize(3);
      ByteBuffer first = replies.get(0).data();
      byte[] name = new byte[first.getInt()];
      first.get(name);
      assertThat(new String(name, StandardCharsets.UTF_8)).isEqualTo("v1");
      assertThat(StandardCharsets.UTF_8.decode(first).toString()).isEqualTo("rf3 in pool default");
      assertThat(last(client.option(3, new byte[1])).type()).isEqualTo(INVALID);
    }
  }

  @Test
  void shouldTellAllInformationAndOpenOnlyWithGo() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      List<OptionReply> replies = client.option(6, info("v1", 0, 1, 2, 3, 99));
      assertThat(replies).hasSize(5);
      ByteBuffer export = replies.get(0).data();
      assertThat(export.getShort()).isZero();
      assertThat(export.getLong()).isEqualTo(NbdServerFixture.V1_BYTES);
      int withoutDf = 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 11;
      assertThat(export.getShort()).isEqualTo((short) withoutDf);
      assertThat(replies.get(1).text()).endsWith("v1");
      assertThat(replies.get(2).text()).endsWith("rf3 in pool default");
      ByteBuffer sizes = replies.get(3).data();
      assertThat(sizes.getShort()).isEqualTo((short) 3);
      assertThat(List.of(sizes.getInt(), sizes.getInt(), sizes.getInt()))
          .containsExactly(1, 4096, 32 << 20);
      assertThat(fixture.storage.openCount()).isZero();

      assertThat(client.option(8, NOTHING)).hasSize(1);
      export = client.option(7, info("v1")).get(0).data();
      assertThat(export.getShort(10)).isEqualTo((short) (withoutDf | 1 << 7));
      assertThat(fixture.storage.openCount()).isEqualTo(1);
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldRefuseWhatIsUnknownOrMalformedAndHaggleOn() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      assertThat(last(client.option(7, info("nope"))).type()).isEqualTo(UNKNOWN);
      assertThat(last(client.option(6, info(""))).type()).isEqualTo(UNKNOWN);
      assertThat(last(client.option(7, NOTHING)).type()).isEqualTo(INVALID);
      assertThat(last(client.option(7, new byte[] {0, 0, 0, 9, 'v'})).type()).isEqualTo(INVALID);
      assertThat(last(client.option(7, new byte[] {-1, -1, -1, -1, 0, 0})).type())
          .isEqualTo(INVALID);
      assertThat(last(client.option(7, new byte[] {0, 0, 0, 1, (byte) 0xC3, 0, 0})).type())
          .as("broken UTF-8")
          .isEqualTo(INVALID);
      assertThat(last(client.option(7, new byte[] {0, 0, 0, 1, 'v', 0, 3, 0, 0})).type())
          .isEqualTo(INVALID);
      assertThat(last(client.option(4, NOTHING)).type()).isEqualTo(UNSUP);
      assertThat(last(client.option(11, NOTHING)).type()).isEqualTo(UNSUP);
      assertThat(last(client.option(5, NOTHING)).type()).isEqualTo(POLICY);
      assertThat(last(client.option(8, new byte[2])).type()).isEqualTo(INVALID);
      assertThat(last(client.option(3, new byte[200_000])).type()).isEqualTo(TOO_BIG);
      client.go("v2");
    }
  }

  @Test
  void shouldSelectTheAllocationContextOnlyWithStructuredReplies() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      byte[] query = queries("v1", "base:allocation");
      assertThat(last(client.option(10, query)).type()).isEqualTo(INVALID);
      assertThat(last(client.option(8, NOTHING)).type()).isEqualTo(ACK);
      assertThat(client.option(10, query).get(0).text()).endsWith("base:allocation");
      assertThat(client.option(9, queries("v1"))).hasSize(2);
      assertThat(client.option(9, queries("v1", "base:"))).hasSize(2);
      assertThat(client.option(10, queries("v1", "base:"))).hasSize(1);
      assertThat(client.option(10, queries("v1"))).hasSize(1);
      assertThat(client.option(10, queries("v1", "qemu:dirty-bitmap:b", "x-y:z"))).hasSize(1);
      assertThat(last(client.option(10, queries("v1", "nonsense"))).type()).isEqualTo(INVALID);
      assertThat(last(client.option(10, queries("nope", "base:allocation"))).type())
          .isEqualTo(UNKNOWN);
      byte[] promisesMore = {0, 0, 0, 2, 'v', '1', 0x7f, -1, -1, -1};
      assertThat(last(client.option(10, promisesMore)).type()).isEqualTo(INVALID);
    }
  }

  @Test
  void shouldForgetTheContextOfAnotherExport() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      assertThat(last(client.option(8, NOTHING)).type()).isEqualTo(ACK);
      assertThat(client.option(10, queries("v1", "base:allocation"))).hasSize(2);
      client.go("v2");
      client.request(7, 0, 5, 0, 4096);
      assertThat(client.error(5)).isEqualTo(22);
    }
  }

  @Test
  void shouldServeExportNameWithAndWithoutZeroes() throws IOException {
    for (int flags : new int[] {0, 1, 3}) {
      try (NbdTestClient client = fixture.connect()) {
        client.hello(flags);
        client.sendOption(1, "v2".getBytes(StandardCharsets.UTF_8));
        ByteBuffer export = ByteBuffer.wrap(client.readExactly(flags == 3 ? 10 : 134));
        assertThat(export.getLong()).isEqualTo(NbdServerFixture.V2_BYTES);
        client.request(0, 0, 7, 0, 16);
        assertThat(client.read(16).payload().remaining()).isEqualTo(16);
      }
    }
    try (NbdTestClient client = fixture.connect().hello()) {
      client.sendOption(1, "nope".getBytes(StandardCharsets.UTF_8));
      assertThat(client.atEnd()).isTrue();
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldAcknowledgeAbortAndClose() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      assertThat(last(client.option(2, NOTHING)).type()).isEqualTo(ACK);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void shouldCloseOnGarbageAndServeOthers() throws IOException {
    try (NbdTestClient good = fixture.connect().hello()) {
      try (NbdTestClient unknownFlags = fixture.connect()) {
        unknownFlags.hello(0x10);
        assertThat(unknownFlags.atEnd()).isTrue();
      }
      try (NbdTestClient http = fixture.connect().hello()) {
        http.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(http.atEnd()).isTrue();
      }
      good.go("v1");
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldCutOffWhoIsTooSlowOrTooMany() throws IOException {
    fixture.close();
    fixture =
        new NbdServerFixture(
            new NbdLimits(Duration.ofMillis(300), 2, 8, 1 << 20, 1 << 20, Duration.ofSeconds(1)),
            null);
    try (NbdTestClient serving = fixture.connect().hello().go("v2");
        NbdTestClient silent = fixture.connect().hello()) {
      try (NbdTestClient third = fixture.connect()) {
        assertThat(third.atEnd()).as("one connection too many").isTrue();
      }
      assertThat(silent.atEnd()).as("handshake not finished in time").isTrue();
      serving.request(0, 0, 1, 0, 1);
      assertThat(serving.read(1).error()).as("transmission has no time limit").isZero();
    }
  }

  @Test
  void shouldWaitForStorageAndSayWhenItDoesNotCome() throws Exception {
    fixture.source.unset(fixture.storage);
    try (NbdTestClient client = fixture.connect().hello();
        NbdTestClient other = fixture.connect().hello()) {
      assertThat(last(other.option(7, info("v1"))).type()).isEqualTo(SHUTDOWN);
      client.sendOption(7, info("v1"));
      CompletableFuture<Void> back =
          CompletableFuture.runAsync(
              () -> fixture.source.set(fixture.storage),
              CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));
      assertThat(client.readOption().type()).isEqualTo(3);
      assertThat(client.readOption().type()).isEqualTo(ACK);
      back.join();
    }
  }
}
