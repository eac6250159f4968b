package io.aerie.iscsi.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.iscsi.server.IscsiTestClient.Pdu;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: data arrive whole by each way the protocol has, aborted tasks have no effect once that was
 * answered, and whoever breaks the protocol loses his own session only. Method: a raw initiator.
 */
final class SessionTest {
  private static final int BUSY = 0x08;

  private IscsiFixture fixture = new IscsiFixture();

  @AfterEach
  void stop() {
    fixture.assertNothingLeft();
    fixture.close();
  }

  private IscsiTestClient begin(String... pairs) throws IOException {
    return fixture.connect().begin(IscsiFixture.OPEN, pairs).ready();
  }

  @Test
  void shouldKeepImmediateData() throws IOException {
    try (IscsiTestClient client = begin()) {
      client.write(1, 7, IscsiTestClient.random(4096));
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      assertThat(client.read(2, 7, 4096)).isEqualTo(IscsiTestClient.random(4096));
    }
  }

  @ParameterizedTest
  @CsvSource({"None, None", "CRC32C, None", "None, CRC32C", "CRC32C, CRC32C"})
  void shouldAskForDataInBursts(String headers, String data) throws IOException {
    try (IscsiTestClient client =
        fixture
            .connect()
            .begin(
                IscsiFixture.OPEN,
                "HeaderDigest=" + headers,
                "DataDigest=" + data,
                "InitialR2T=Yes",
                "ImmediateData=No",
                "MaxBurstLength=2048",
                "MaxOutstandingR2T=2",
                "MaxRecvDataSegmentLength=1000")) {
      client.digests(headers.equals("CRC32C"), data.equals("CRC32C"));
      client.ready();
      byte[] all = IscsiTestClient.random(5120);
      byte[] cdb = IscsiTestClient.cdb10(0x2a, 100, 10);
      client.send(client.command(3, 0xa0, 1, all.length, cdb), new byte[0]);
      Pdu first = client.receive(Opcodes.READY_TO_TRANSFER);
      Pdu second = client.receive(Opcodes.READY_TO_TRANSFER);
      assertThat(first.header().u32(44)).isEqualTo(2048);
      assertThat(second.header().u32(40)).isEqualTo(2048);
      answer(client, first, all);
      Pdu third = client.receive(Opcodes.READY_TO_TRANSFER);
      assertThat(third.header().u32(36)).isEqualTo(2);
      answer(client, second, all);
      answer(client, third, all);
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      assertThat(client.read(4, 100, 5120)).isEqualTo(all);
    }
  }

  /** Sends what an R2T asks for in units of 1000 bytes. */
  private static void answer(IscsiTestClient client, Pdu asked, byte[] all) throws IOException {
    int offset = asked.header().u32(40);
    int end = offset + asked.header().u32(44);
    for (int at = offset, unit = 0; at < end; at += 1000, unit++) {
      int to = Math.min(end, at + 1000);
      Header header =
          dataOut(asked.header().taskTag(), asked.header().u32(20), unit, at, to == end);
      client.send(header, Arrays.copyOfRange(all, at, to));
    }
  }

  private static Header dataOut(int tag, int transferTag, int unit, int offset, boolean last) {
    return Header.of(Opcodes.DATA_OUT, last ? 0x80 : 0)
        .u16(8, 1)
        .u32(16, tag)
        .u32(20, transferTag)
        .u32(36, unit)
        .u32(40, offset);
  }

  @Test
  void shouldTakeUnsolicitedDataThenAskForTheRest() throws IOException {
    try (IscsiTestClient client = begin("InitialR2T=No", "FirstBurstLength=2048")) {
      byte[] all = IscsiTestClient.random(4096);
      byte[] cdb = IscsiTestClient.cdb10(0x2a, 0, 8);
      client.send(client.command(3, 0x20, 1, 4096, cdb), Arrays.copyOf(all, 512));
      client.send(dataOut(3, -1, 0, 512, false), Arrays.copyOfRange(all, 512, 1024));
      client.send(dataOut(3, -1, 1, 1024, true), Arrays.copyOfRange(all, 1024, 2048));
      Pdu asked = client.receive(Opcodes.READY_TO_TRANSFER);
      assertThat(asked.header().u32(40)).isEqualTo(2048);
      answer(client, asked, all);
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      assertThat(client.read(4, 0, 4096)).isEqualTo(all);
    }
  }

  @Test
  void shouldWriteNothingOfDataOutOfOrder() throws IOException {
    try (IscsiTestClient client = begin("InitialR2T=Yes", "ImmediateData=No")) {
      byte[] cdb = IscsiTestClient.cdb10(0x2a, 0, 2);
      client.send(client.command(3, 0xa0, 1, 1024, cdb), new byte[0]);
      Pdu asked = client.receive(Opcodes.READY_TO_TRANSFER);
      client.send(dataOut(3, asked.header().u32(20), 27, 0, true), IscsiTestClient.random(1024));
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).senseCode()).isEqualTo(0x4b00);
      assertThat(client.read(4, 0, 1024)).containsOnly(0);
    }
  }

  @Test
  void shouldTellWhatIsLeftOver() throws IOException {
    try (IscsiTestClient client = begin()) {
      byte[] cdb = IscsiTestClient.cdb10(0x28, 0, 1);
      client.send(client.command(1, 0xc0, 1, 1000, cdb), new byte[0]);
      Pdu under = client.receive(Opcodes.DATA_IN);
      assertThat(under.header().flags()).isEqualTo(0x83);
      assertThat(under.header().u32(44)).isEqualTo(488);
      client.send(client.command(2, 0xc0, 1, 200, cdb), new byte[0]);
      Pdu over = client.receive(Opcodes.DATA_IN);
      assertThat(over.data()).hasSize(200);
      assertThat(over.header().flags()).isEqualTo(0x85);
      assertThat(over.header().u32(44)).isEqualTo(312);
    }
  }

  @Test
  void shouldHoldAWindowOf256() throws IOException {
    fixture.storage.hold();
    try (IscsiTestClient client = begin()) {
      for (int i = 0; i < 256; i++) {
        byte[] cdb = IscsiTestClient.cdb10(0x28, i, 1);
        client.send(client.command(100 + i, 0xc0, 1, 512, cdb), new byte[0]);
      }
      int beyond = client.number;
      client.send(
          client.command(999, 0xc0, 1, 512, IscsiTestClient.cdb10(0x28, 0, 1)), new byte[0]);
      client.number = beyond;
      IscsiFixture.await("all at work", () -> fixture.storage.heldCount() == 256);
      Header ping = Header.of(0x40 | Opcodes.NOP_OUT, 0x80).u32(16, 5).u32(20, -1);
      client.send(ping.u32(24, beyond), new byte[] {1, 2, 3});
      Pdu pong = client.receive(Opcodes.NOP_IN);
      assertThat(pong.data()).containsExactly(1, 2, 3);
      assertThat(pong.header().u32(28)).as("what is beyond is ignored").isEqualTo(beyond);
      assertThat(pong.header().u32(32)).as("full").isEqualTo(beyond - 1);
      fixture.storage.releaseAll();
      for (int i = 0; i < 256; i++) {
        assertThat(client.receive(Opcodes.DATA_IN).header().taskTag()).isBetween(100, 355);
      }
    }
  }

  @Test
  void shouldAnswerAnAbortWhenNothingTakesEffectAnyMore() throws IOException {
    try (IscsiTestClient client = begin()) {
      fixture.storage.hold();
      client.write(1, 0, IscsiTestClient.random(512));
      IscsiFixture.await("at work", () -> fixture.storage.heldCount() == 1);
      client.manage(1, 2, 1, 1);
      client.manage(1, 3, 1, 77);
      Pdu unknown = client.receive(Opcodes.TASK_MANAGEMENT_RESPONSE);
      assertThat(unknown.header().taskTag()).as("the first waits").isEqualTo(3);
      assertThat(unknown.header().u8(2)).isEqualTo(1);
      fixture.storage.releaseAll();
      Pdu aborted = client.receive(Opcodes.TASK_MANAGEMENT_RESPONSE);
      assertThat(aborted.header().taskTag()).isEqualTo(2);
      assertThat(aborted.header().u8(2)).isZero();
    }
  }

  @Test
  void shouldCutOffWhatIsAtWorkByAReset() throws IOException {
    try (IscsiTestClient client = begin()) {
      client.read(9, 0, 512);
      fixture.storage.hold();
      client.write(1, 0, IscsiTestClient.random(512));
      IscsiFixture.await("at work", () -> fixture.storage.heldCount() == 1);
      client.manage(5, 2, 1, -1);
      assertThat(client.receive(Opcodes.TASK_MANAGEMENT_RESPONSE).header().u8(2)).isZero();
      assertThat(fixture.storage.heldCount()).as("never happens").isZero();
      fixture.storage.releaseAll();
      client.send(client.command(3, 0x80, 1, 0, new byte[6]), new byte[0]);
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).senseCode()).isEqualTo(0x2903);
      assertThat(client.read(4, 0, 512)).containsOnly(0);
    }
  }

  @Test
  void shouldBeBusyWhenMemoryIsUsedUp() throws IOException {
    fixture.close();
    fixture =
        new IscsiFixture(
            new IscsiLimits(Duration.ofSeconds(9), 9, 8192, 8192, Duration.ofSeconds(1)));
    fixture.storage.hold();
    try (IscsiTestClient client = begin()) {
      client.write(1, 0, IscsiTestClient.random(8192));
      client.write(2, 16, IscsiTestClient.random(4096));
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isEqualTo(BUSY);
      IscsiFixture.await("the first is at work", () -> fixture.storage.heldCount() == 1);
      fixture.storage.releaseAll();
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
    }
  }

  @Test
  void shouldRejectWhatItDoesNotKnow() throws IOException {
    try (IscsiTestClient client = begin()) {
      client.send(Header.of(0x1c, 0x80).u32(16, 5), new byte[0]);
      Pdu reject = client.receive(Opcodes.REJECT);
      assertThat(reject.header().u8(2)).isEqualTo(5);
      assertThat(reject.data()).hasSize(48).startsWith(0x1c);
      client.send(Header.of(Opcodes.SNACK, 0x80).u32(16, 5), new byte[0]);
      assertThat(client.receive(Opcodes.REJECT).header().u8(2)).isEqualTo(3);
      assertThat(client.read(2, 0, 512)).hasSize(512);
    }
  }

  @Test
  void shouldEndASessionWithAWrongDigest() throws IOException {
    try (IscsiTestClient client =
        fixture.connect().begin(IscsiFixture.OPEN, "DataDigest=CRC32C", "InitialR2T=No")) {
      client.digests(false, true);
      client.ready();
      byte[] cdb = IscsiTestClient.cdb10(0x2a, 0, 1);
      byte[] unit = client.bytes(client.command(1, 0xa0, 1, 512, cdb), IscsiTestClient.random(512));
      unit[100] ^= 1;
      client.raw(unit);
      assertThat(client.receive(Opcodes.REJECT).header().u8(2)).isEqualTo(2);
      assertThat(client.atEnd()).isTrue();
    }
    try (IscsiTestClient client = begin()) {
      assertThat(client.read(1, 0, 512)).containsOnly(0);
    }
  }

  @Test
  void shouldLogOut() throws IOException {
    try (IscsiTestClient client = begin()) {
      Header logout = Header.of(0x40 | Opcodes.LOGOUT_REQUEST, 0x80).u32(16, 5);
      client.send(logout.u32(24, client.number), new byte[0]);
      assertThat(client.receive(Opcodes.LOGOUT_RESPONSE).header().u8(2)).isZero();
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void shouldFinishWhatIsAtWorkWhenItStops() throws IOException {
    try (IscsiTestClient client = begin()) {
      fixture.storage.hold();
      client.write(1, 0, IscsiTestClient.random(512));
      IscsiFixture.await("at work", () -> fixture.storage.heldCount() == 1);
      fixture.server.close();
      assertThat(client.receive(Opcodes.ASYNCHRONOUS_MESSAGE).header().u8(36)).isEqualTo(1);
      fixture.storage.releaseAll();
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      assertThat(client.atEnd()).isTrue();
    }
  }
}
