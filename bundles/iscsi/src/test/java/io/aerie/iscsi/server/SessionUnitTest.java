package io.aerie.iscsi.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.iscsi.server.IscsiTestClient.Pdu;
import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.UnitDefinition;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a session's units follow the administrator, other initiators and storage, and no command
 * meets another unit than it was meant for. Method: raw initiators.
 */
final class SessionUnitTest {
  private static final byte[] TEST_UNIT_READY = new byte[6];
  private static final byte[] UNMAP_NOTHING = {0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  private final IscsiFixture fixture = new IscsiFixture();

  @AfterEach
  void stop() {
    fixture.assertNothingLeft();
    fixture.close();
  }

  private IscsiTestClient begin() throws IOException {
    return fixture.connect().begin(IscsiFixture.OPEN).ready();
  }

  @Test
  void shouldFollowTheAdministrator() throws IOException {
    try (IscsiTestClient client = begin()) {
      client.read(1, 0, 512);
      fixture.targets.set(
          List.of(TargetDefinition.open(IscsiFixture.OPEN, Map.of(1, "v1", 4, "v1"))));
      IscsiFixture.await("told", () -> attention(client) == 0x3f0e);
      SortedMap<Integer, UnitDefinition> units = TargetDefinition.writable(Map.of(1, "v1"));
      fixture.targets.set(
          List.of(new TargetDefinition(IscsiFixture.OPEN, units, List.of("iqn.x:else"), null)));
      assertThat(client.atEnd()).isTrue();
    }
  }

  private void setUnit(boolean readOnly, int blockBytes) {
    SortedMap<Integer, UnitDefinition> units = new TreeMap<>();
    units.put(1, new UnitDefinition("v1", readOnly, blockBytes));
    fixture.targets.set(
        List.of(new TargetDefinition(IscsiFixture.OPEN, units, List.of(), /* chap= */ null)));
  }

  /** The unit stays the same, its attachment too: initiators are told to ask for its modes. */
  @Test
  void shouldProtectAUnitThatIsInUse() throws IOException {
    try (IscsiTestClient client = begin()) {
      client.read(1, 0, 512);
      int opened = fixture.storage.openCount();
      setUnit(/* readOnly= */ true, 512);
      IscsiFixture.await("told", () -> attention(client) == 0x2a01);
      client.send(client.command(51, 0x80, 1, 0, UNMAP_NOTHING), new byte[0]);
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).senseCode()).isEqualTo(0x2700);
      setUnit(/* readOnly= */ false, 512);
      IscsiFixture.await("told", () -> attention(client) == 0x2a01);
      client.send(client.command(52, 0x80, 1, 0, UNMAP_NOTHING), new byte[0]);
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      assertThat(fixture.storage.openCount()).isEqualTo(opened);
    }
  }

  /** What counted other blocks is another unit, though its volume is the same. */
  @Test
  void shouldBeginAnewWithOtherBlocks() throws IOException {
    try (IscsiTestClient client = begin()) {
      client.read(1, 0, 512);
      int opened = fixture.storage.openCount();
      setUnit(/* readOnly= */ false, 4096);
      IscsiFixture.await("told", () -> attention(client) == 0x2900);
      IscsiFixture.await("opened", () -> fixture.storage.openCount() == opened + 1);
    }
  }

  /** The attention that is told now, or 0. */
  private static int attention(IscsiTestClient client) {
    try {
      client.send(client.command(50, 0x80, 1, 0, TEST_UNIT_READY), new byte[0]);
      Pdu answer = client.receive(Opcodes.SCSI_RESPONSE);
      return answer.header().u8(3) == 0 ? 0 : answer.senseCode();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int reserveOut(IscsiTestClient client, int tag, int action, long key, long other)
      throws IOException {
    byte[] list = ByteBuffer.allocate(24).putLong(key).putLong(other).array();
    byte[] cdb = {0x5f, (byte) action, 5, 0, 0, 0, 0, 0, (byte) list.length, 0};
    client.send(client.command(tag, 0xa0, 1, list.length, cdb), list);
    return client.receive(Opcodes.SCSI_RESPONSE).header().u8(3);
  }

  /** What runs gets no answer and has no effect; what comes after it is a new beginning. */
  @Test
  void shouldAbortWhoIsPreempted() throws IOException {
    try (IscsiTestClient first = begin();
        IscsiTestClient second =
            fixture.connect().qualifier(0x0002_3d01).begin(IscsiFixture.OPEN).ready()) {
      assertThat(reserveOut(first, 1, 0, 0, 10)).isZero();
      assertThat(reserveOut(second, 1, 0, 0, 20)).isZero();
      assertThat(reserveOut(first, 2, 1, 10, 0)).isZero();
      fixture.storage.hold();
      first.write(3, 0, IscsiTestClient.random(512));
      IscsiFixture.await("at work", () -> fixture.storage.heldCount() == 1);
      byte[] list = ByteBuffer.allocate(24).putLong(20).putLong(10).array();
      byte[] cdb = {0x5f, 5, 5, 0, 0, 0, 0, 0, (byte) list.length, 0};
      second.send(second.command(2, 0xa0, 1, list.length, cdb), list);
      IscsiFixture.await("preempts", () -> fixture.storage.heldCount() == 2);
      fixture.storage.release(1);
      assertThat(second.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      assertThat(fixture.storage.heldCount()).as("never happens").isZero();
      fixture.storage.releaseAll();
      IscsiFixture.await("told", () -> attention(first) == 0x2a05);
      first.write(4, 0, IscsiTestClient.random(512));
      assertThat(first.receive(Opcodes.SCSI_RESPONSE).header().u8(3))
          .as("excluded")
          .isEqualTo(0x18);
      assertThat(reserveOut(first, 5, 0, 0, 11)).isZero();
      first.write(6, 0, IscsiTestClient.random(512));
      assertThat(first.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
    }
  }

  @Test
  void shouldGiveBackWithTheLogout() throws IOException {
    try (IscsiTestClient first = begin();
        IscsiTestClient second =
            fixture.connect().qualifier(0x0002_3d01).begin(IscsiFixture.OPEN).ready()) {
      byte[] reserve = {0x16, 0, 0, 0, 0, 0};
      first.send(first.command(1, 0x80, 1, 0, reserve), new byte[0]);
      assertThat(first.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
      second.send(second.command(1, 0x80, 1, 0, reserve), new byte[0]);
      assertThat(second.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isEqualTo(0x18);
      first.send(Header.of(0x40 | Opcodes.LOGOUT_REQUEST, 0x80).u32(16, 2), new byte[0]);
      first.receive(Opcodes.LOGOUT_RESPONSE);
      second.send(second.command(2, 0x80, 1, 0, reserve), new byte[0]);
      assertThat(second.receive(Opcodes.SCSI_RESPONSE).header().u8(3)).isZero();
    }
  }

  /** Many initiators take "not ready" of a read or write for the disk's end. */
  @Test
  void shouldEndTheSessionOfWhoMovesDataWhileStorageIsAway() throws IOException {
    fixture.source.unset(fixture.storage);
    try (IscsiTestClient client = fixture.connect().begin(IscsiFixture.OPEN)) {
      client.send(client.command(1, 0x80, 1, 0, TEST_UNIT_READY), new byte[0]);
      assertThat(client.receive(Opcodes.SCSI_RESPONSE).senseCode()).isEqualTo(0x0401);
      client.send(client.command(2, 0xc0, 1, 512, IscsiTestClient.cdb10(0x28, 0, 1)), new byte[0]);
      assertThat(client.atEnd()).isTrue();
    }
    try (IscsiTestClient client = fixture.connect().begin(IscsiFixture.OPEN)) {
      client.write(1, 0, IscsiTestClient.random(8192));
      assertThat(client.atEnd()).isTrue();
    }
    fixture.source.set(fixture.storage);
    try (IscsiTestClient client = begin()) {
      assertThat(client.read(1, 0, 512)).containsOnly(0);
    }
  }
}
