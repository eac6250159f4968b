package io.aerie.iscsi.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.iscsi.server.IscsiTestClient.Pdu;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: who may, gets in, with what was agreed; who may not, is told why and leaves nothing behind.
 * Method: a raw initiator.
 */
final class LoginTest {
  private static final String NAME = "InitiatorName=" + IscsiTestClient.INITIATOR;

  private IscsiFixture fixture = new IscsiFixture();

  @AfterEach
  void stop() {
    fixture.assertNothingLeft();
    fixture.close();
  }

  @Test
  void shouldTellWhatAnInitiatorMaySee() throws IOException {
    try (IscsiTestClient client = fixture.connect().begin("")) {
      Header request = Header.of(Opcodes.TEXT_REQUEST, 0x80).u32(16, 5).u32(20, -1);
      client.send(request.u32(24, client.number++), IscsiTestClient.text("SendTargets=All"));
      String told =
          new String(client.receive(Opcodes.TEXT_RESPONSE).data(), StandardCharsets.UTF_8);
      assertThat(told)
          .contains("TargetName=" + IscsiFixture.OPEN, "TargetName=" + IscsiFixture.CHAP)
          .contains("TargetAddress=192.0.2.1:3260,7")
          .doesNotContain(IscsiFixture.OTHERS);
    }
  }

  @Test
  void shouldAgreeOnParameters() throws IOException {
    try (IscsiTestClient client = fixture.connect()) {
      Map<String, String> keys =
          client
              .login(
                  0x87,
                  NAME,
                  "TargetName=" + IscsiFixture.OPEN,
                  "HeaderDigest=CRC32C,None",
                  "DataDigest=None",
                  "MaxConnections=8",
                  "InitialR2T=No",
                  "ImmediateData=Yes",
                  "MaxBurstLength=16776192",
                  "FirstBurstLength=0x1000",
                  "MaxOutstandingR2T=3",
                  "ErrorRecoveryLevel=2",
                  "DataPDUInOrder=No",
                  "X-io.aerie.unknown=1")
              .keys();
      assertThat(client.status).isZero();
      assertThat(client.handle).isNotZero();
      assertThat(keys)
          .containsEntry("TargetPortalGroupTag", "7")
          .containsEntry("HeaderDigest", "CRC32C")
          .containsEntry("DataDigest", "None")
          .containsEntry("MaxConnections", "1")
          .containsEntry("InitialR2T", "No")
          .containsEntry("MaxBurstLength", "1048576")
          .containsEntry("FirstBurstLength", "4096")
          .containsEntry("MaxOutstandingR2T", "3")
          .containsEntry("ErrorRecoveryLevel", "0")
          .containsEntry("DataPDUInOrder", "Yes")
          .containsEntry("MaxRecvDataSegmentLength", "262144")
          .containsEntry("X-io.aerie.unknown", "NotUnderstood");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "519, SessionType=Normal", // no names at all
    "515, TargetName=iqn.2026-01.io.aerie:nowhere",
    "514, TargetName=iqn.2026-01.io.aerie:others",
    "513, TargetName=iqn.2026-01.io.aerie:chap",
    "521, SessionType=Odd"
  })
  void shouldSayWhyNot(int status, String pair) throws IOException {
    try (IscsiTestClient client = fixture.connect()) {
      if (status == 519) {
        client.login(0x87, pair);
      } else {
        client.login(0x87, NAME, pair);
      }
      assertThat(client.status).isEqualTo(status);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void shouldRefuseAFurtherConnectionOfASession() throws IOException {
    try (IscsiTestClient first = fixture.connect().begin(IscsiFixture.OPEN);
        IscsiTestClient second = fixture.connect();
        IscsiTestClient third = fixture.connect()) {
      second.handle = first.handle;
      second.login(0x87, NAME, "TargetName=" + IscsiFixture.OPEN);
      assertThat(second.status).isEqualTo(0x0206);
      third.handle = first.handle + 1;
      third.login(0x87, NAME, "TargetName=" + IscsiFixture.OPEN);
      assertThat(third.status).isEqualTo(0x020a);
    }
  }

  @Test
  void shouldGatherKeysOfSeveralParts() throws IOException {
    try (IscsiTestClient client = fixture.connect()) {
      client.send(client.loginHeader(0x44), (NAME + "\0Targ").getBytes(StandardCharsets.UTF_8));
      assertThat(client.receive(Opcodes.LOGIN_RESPONSE).header().flags() & 0x80).isZero();
      client.login(0x87, "etName=" + IscsiFixture.OPEN);
      assertThat(client.status).isZero();
    }
  }

  @Test
  void shouldEndTheFormerSessionOfTheSameName() throws IOException {
    try (IscsiTestClient first = fixture.connect().begin(IscsiFixture.OPEN).ready();
        IscsiTestClient second = fixture.connect().begin(IscsiFixture.OPEN).ready()) {
      assertThat(first.atEnd()).isTrue();
      assertThat(fixture.protocol.sessionCount()).isEqualTo(1);
      assertThat(second.read(3, 0, 512)).hasSize(512);
    }
  }

  @ParameterizedTest
  @CsvSource({"5, MD5", "7, SHA-256"})
  void shouldProveEachOther(String number, String algorithm) throws Exception {
    try (IscsiTestClient client = fixture.connect()) {
      Map<String, String> asked = challenge(client, number);
      byte[] proof = proof(algorithm, asked, "secret-of-user");
      String mine = "0x" + "ab".repeat(16);
      Pdu answer =
          client.login(
              0x81,
              "CHAP_N=user",
              "CHAP_R=0x" + HexFormat.of().formatHex(proof),
              "CHAP_I=9",
              "CHAP_C=" + mine);
      assertThat(client.status).isZero();
      assertThat(answer.keys().get("CHAP_N")).isEqualTo("target");
      byte[] theirs = proof(algorithm, Map.of("CHAP_I", "9", "CHAP_C", mine), "secret-of-target");
      assertThat(answer.keys().get("CHAP_R")).isEqualTo("0x" + HexFormat.of().formatHex(theirs));
      client.login(0x87);
      assertThat(client.handle).isNotZero();
    }
  }

  private static Map<String, String> challenge(IscsiTestClient client, String number)
      throws IOException {
    Map<String, String> keys =
        client.login(0x00, NAME, "TargetName=" + IscsiFixture.CHAP, "AuthMethod=None,CHAP").keys();
    assertThat(keys).containsEntry("AuthMethod", "CHAP");
    Map<String, String> asked = client.login(0x00, "CHAP_A=4," + number).keys();
    assertThat(asked).containsEntry("CHAP_A", number);
    return asked;
  }

  private static byte[] proof(String algorithm, Map<String, String> asked, String secret)
      throws Exception {
    MessageDigest digest = MessageDigest.getInstance(algorithm);
    digest.update((byte) Integer.parseInt(asked.get("CHAP_I")));
    digest.update(secret.getBytes(StandardCharsets.UTF_8));
    return digest.digest(HexFormat.of().parseHex(asked.get("CHAP_C").substring(2)));
  }

  @ParameterizedTest
  @CsvSource({"user, wrong-secret, false", "nobody, secret-of-user, false", "user, , true"})
  void shouldRefuseAWrongProof(String user, String secret, boolean reflected) throws Exception {
    try (IscsiTestClient client = fixture.connect()) {
      Map<String, String> asked = challenge(client, "5");
      byte[] proof = proof("MD5", asked, secret == null ? "secret-of-user" : secret);
      String response = "CHAP_R=0x" + HexFormat.of().formatHex(proof);
      if (reflected) {
        client.login(0x81, "CHAP_N=" + user, response, "CHAP_I=1", "CHAP_C=" + asked.get("CHAP_C"));
      } else {
        client.login(0x81, "CHAP_N=" + user, response);
      }
      assertThat(client.status).isEqualTo(0x0201);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void shouldNotLetInWhoSkipsTheProof() throws IOException {
    try (IscsiTestClient client = fixture.connect()) {
      client.login(0x00, NAME, "TargetName=" + IscsiFixture.CHAP, "AuthMethod=CHAP");
      Pdu answer = client.login(0x83);
      assertThat(answer.header().flags() & 0x80).as("no transit").isZero();
      assertThat(client.handle).isZero();
    }
  }

  @Test
  void shouldCutOffWhoIsSlow() throws IOException {
    fixture.close();
    IscsiLimits limits =
        new IscsiLimits(Duration.ofMillis(300), 2, 1 << 20, 1 << 20, Duration.ofSeconds(1));
    fixture = new IscsiFixture(limits);
    try (IscsiTestClient slow = fixture.connect();
        IscsiTestClient silent = fixture.connect();
        IscsiTestClient tooMany = fixture.connect()) {
      slow.raw(new byte[] {0x43});
      assertThat(tooMany.atEnd()).isTrue();
      assertThat(slow.atEnd()).isTrue();
      assertThat(silent.atEnd()).isTrue();
    }
  }
}
