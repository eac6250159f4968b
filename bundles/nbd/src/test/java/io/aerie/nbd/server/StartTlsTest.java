package io.aerie.nbd.server;

import static io.aerie.nbd.server.NbdTestClient.last;
import static io.aerie.nbd.server.NbdTestClient.queries;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: TLS inside a connection carries everything, forgets what was agreed in plain text, and
 * can't be smuggled into. Method: a key made by the JDK's keytool, a client on the JDK's own TLS.
 */
final class StartTlsTest {
  private static final String PASSWORD = "for-this-test";
  private static final byte[] NOTHING = new byte[0];
  private static final int INVALID = 0x80000003;

  @TempDir private Path folder;
  private SSLContext tls;
  private NbdServerFixture fixture;

  @BeforeEach
  void start() throws Exception {
    Path keys = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "node",
                "-keyalg",
                "EC",
                "-dname",
                "CN=n1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                keys.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", store.getCertificate("node"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    fixture = new NbdServerFixture(NbdLimits.DEFAULT, tls);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void shouldCarryEverythingOverTls() throws IOException {
    byte[] data = new byte[5 << 20];
    new Random(6).nextBytes(data);
    try (NbdTestClient client = fixture.connect().hello()) {
      assertThat(last(client.option(8, NOTHING)).type()).isEqualTo(1);
      assertThat(last(client.option(5, NOTHING)).type()).isEqualTo(1);
      client.startTls(tls);
      assertThat(last(client.option(5, NOTHING)).type()).isEqualTo(INVALID);
      assertThat(last(client.option(10, queries("v1", "base:allocation"))).type())
          .as("structured replies were agreed before TLS and are forgotten")
          .isEqualTo(INVALID);
      client.go("v1");
      client.write(0, 1, 0, data);
      assertThat(client.error(1)).isZero();
      client.request(0, 0, 2, 0, data.length);
      assertThat(client.read(data.length).payload()).isEqualTo(ByteBuffer.wrap(data));
    }
    fixture.assertNothingLeft();
  }

  @Test
  void shouldCloseWhenPlainTextFollowsStartTls() throws IOException {
    try (NbdTestClient client = fixture.connect().hello()) {
      ByteBuffer both = ByteBuffer.allocate(32);
      both.putLong(0x49484156454F5054L).putInt(5).putInt(0);
      both.putLong(0x49484156454F5054L).putInt(3).putInt(0);
      client.raw(both.array());
      assertThat(client.readOption().type()).isEqualTo(1);
      assertThat(client.atEnd()).isTrue();
    }
    fixture.assertNothingLeft();
  }
}
