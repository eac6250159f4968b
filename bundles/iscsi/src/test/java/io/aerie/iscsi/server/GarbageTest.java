package io.aerie.iscsi.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Goal: garbage costs nobody anything: no session, no memory, no open volume is left of it, and
 * others are served as before. Method: seeded sessions whose units are right, wrong in a few bits,
 * or nothing at all; the number of them is fixed. A failure names its seed.
 */
final class GarbageTest {
  private static final int SESSIONS = 300;
  private static final String CALM = "iqn.2026-01.io.aerie:calm";
  private static final int UNITS = 40;
  private static final int[] OPCODES = {
    Opcodes.NOP_OUT,
    Opcodes.SCSI_COMMAND,
    Opcodes.SCSI_COMMAND,
    Opcodes.SCSI_COMMAND,
    Opcodes.DATA_OUT,
    Opcodes.DATA_OUT,
    Opcodes.TASK_MANAGEMENT_REQUEST,
    Opcodes.TEXT_REQUEST,
    Opcodes.LOGOUT_REQUEST,
    Opcodes.SNACK,
    Opcodes.LOGIN_REQUEST
  };

  @Test
  void shouldLeaveNothingBehind() throws IOException {
    try (IscsiFixture fixture = new IscsiFixture();
        IscsiTestClient witness = fixture.connect()) {
      // A target of its own: who babbles a reset may reset, but only what is his.
      fixture.targets.set(List.of(fixture.open, TargetDefinition.open(CALM, Map.of(1, "v1"))));
      witness.begin(CALM).ready();
      for (int seed = 0; seed < SESSIONS; seed++) {
        try {
          babble(fixture, new Random(seed));
        } catch (IOException | RuntimeException e) {
          throw new AssertionError("seed " + seed, e);
        }
      }
      IscsiFixture.await("only the witness is left", () -> fixture.server.connectionCount() == 1);
      assertThat(witness.read(5, 0, 4096)).hasSize(4096);
      witness.close();
      fixture.assertNothingLeft();
    }
  }

  private static void babble(IscsiFixture fixture, Random random) throws IOException {
    try (IscsiTestClient client = fixture.connect()) {
      if (random.nextInt(4) > 0) {
        login(client, random);
      }
      for (int i = 0; i < UNITS; i++) {
        byte[] data = new byte[random.nextInt(3) == 0 ? random.nextInt(3000) : 0];
        random.nextBytes(data);
        byte[] unit = client.bytes(header(client, random), data);
        for (int flips = random.nextInt(4); flips > 0; flips--) {
          unit[random.nextInt(Math.min(unit.length, 60))] ^= (byte) (1 << random.nextInt(8));
        }
        client.raw(unit);
      }
    } catch (SocketException closed) {
      // The server had enough, as it should.
      assertThat(fixture.server.connectionCount()).isPositive();
    }
  }

  /** An initiator of its own, so that it doesn't end the witness' session. */
  private static void login(IscsiTestClient client, Random random) throws IOException {
    client.send(
        client.loginHeader(0x87).u32(8, random.nextInt() | 0x4000_0000),
        IscsiTestClient.text(
            "InitiatorName=iqn.2026-01.io.aerie:babbler",
            "TargetName=" + IscsiFixture.OPEN,
            "InitialR2T=" + (random.nextBoolean() ? "Yes" : "No")));
    client.receive(Opcodes.LOGIN_RESPONSE);
  }

  private static Header header(IscsiTestClient client, Random random) {
    int opcode = OPCODES[random.nextInt(OPCODES.length)];
    Header header = Header.of(opcode | (random.nextInt(3) == 0 ? 0x40 : 0), random.nextInt(256));
    header.u16(8, random.nextInt(3)).u32(16, random.nextInt(8));
    header.u32(20, random.nextBoolean() ? -1 : random.nextInt(8192));
    header.u32(24, client.number++).u32(36, random.nextInt(3)).u32(40, random.nextInt(3) * 512);
    if (opcode == Opcodes.SCSI_COMMAND) {
      int[] commands = {0x00, 0x12, 0x28, 0x2a, 0x42, 0x41, 0x1a, 0x55, 0x88, 0x8a, 0x9e, 0xa0};
      header.u8(32, commands[random.nextInt(commands.length)]);
      for (int at = 33; at < 48; at++) {
        header.u8(at, random.nextInt(4) == 0 ? random.nextInt(256) : 0);
      }
    }
    return header;
  }
}
