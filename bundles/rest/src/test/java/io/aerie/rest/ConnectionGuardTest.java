package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.http.ConnectionGuard.Limits;
import io.aerie.rest.stream.EventStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a stranger can hold. Each test goes beyond a limit with plain sockets, sees the refusal that
 * the protocol allows, and then a well-behaved client's request that is served.
 */
@Timeout(60)
class ConnectionGuardTest {
  private static final int CONNECTIONS_MAX = 12;
  private static final int PER_ADDRESS_MAX = 8;

  /** Long enough for handshakes on a busy machine. */
  private static final int WAIT_MS = 6_000;

  private static final int BODY_MS = 3_000;
  private static final String HEALTH = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: n1\r\n";

  private final SSLContext tls = context();
  private final List<Socket> held = new ArrayList<>();
  private RestServer server;

  private static SSLContext context() {
    try {
      return TestCertificate.context();
    } catch (Exception e) {
      throw new IllegalStateException("the platform can't make a certificate", e);
    }
  }

  @BeforeEach
  void start() throws Exception {
    Limits limits =
        new Limits(CONNECTIONS_MAX, PER_ADDRESS_MAX, WAIT_MS, BODY_MS, 1_000, 64, 30_000, 16 << 10);
    server =
        RestServer.start(
            "127.0.0.1", 0, tls, limits, new RestFixture().subsystems, EventStream.HEARTBEAT);
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : held) {
      socket.close();
    }
    server.close();
  }

  private Socket connect(int from) throws IOException {
    Socket socket = tls.getSocketFactory().createSocket();
    held.add(socket);
    socket.setSoTimeout(30_000);
    socket.bind(new InetSocketAddress(loopback(from), 0));
    socket.connect(new InetSocketAddress(loopback(1), server.port()));
    return socket;
  }

  /** All of 127.0.0.0/8 is this machine's. */
  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Everything until the server ends it; what is there when the connection breaks, too. */
  private static String readAll(Socket socket) {
    StringBuilder text = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        text.append((char) next);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the server holds the connection", e);
    } catch (IOException e) {
      return text.toString();
    }
    return text.toString();
  }

  private String exchange(Socket socket, String request) throws IOException {
    send(socket, request + "Connection: close\r\n\r\n");
    return readAll(socket);
  }

  private void assertServes(int from) throws IOException {
    assertThat(exchange(connect(from), HEALTH)).startsWith("HTTP/1.1 200");
  }

  /** Whether the connection was taken: its first request is answered. */
  private boolean isTaken(int from) throws IOException {
    Socket socket = connect(from);
    try {
      send(socket, HEALTH + "\r\n");
      return socket.getInputStream().read() == 'H';
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void shouldRefuseMoreConnectionsOfAnAddressAndServeOthers() throws Exception {
    int taken = 0;
    for (int i = 0; i < 2 * PER_ADDRESS_MAX; i++) {
      taken += isTaken(2) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(PER_ADDRESS_MAX);
    assertServes(3);
  }

  @Test
  void shouldRefuseMoreConnectionsInAllAndServeAgainLater() throws Exception {
    int taken = 0;
    for (int i = 0; i < 2 * CONNECTIONS_MAX; i++) {
      taken += isTaken(2 + i % 4) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(CONNECTIONS_MAX);
    assertThat(isTaken(9)).isFalse();
    for (Socket socket : held) {
      // each ends, the silent ones after their time
      String unused = readAll(socket);
    }
    assertServes(9);
  }

  @Test
  void shouldEndWhoSendsHeadersByteByByte() throws Exception {
    Socket slow = connect(2);
    long beganNs = System.nanoTime();
    assertThat(isCutOffWhileDribbling(slow, HEALTH + "X-Slow: ", "a")).isTrue();
    assertThat(System.nanoTime() - beganNs)
        .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(WAIT_MS / 2));
    assertServes(2);
  }

  @Test
  void shouldEndWhoNeverShakesHands() throws Exception {
    try (Socket silent = new Socket(loopback(1), server.port())) {
      silent.setSoTimeout(30_000);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    assertServes(2);
  }

  @Test
  void shouldEndSlowBodiesAndServeOthersMeanwhile() throws Exception {
    String head =
        "POST /api/v1/volumes HTTP/1.1\r\nHost: n1\r\nContent-Type: application/json\r\nAuthorization: "
            + RestFixture.basic("administrator", "secret-administrator")
            + "\r\nContent-Length: 5000\r\n\r\n{";
    for (int i = 0; i < PER_ADDRESS_MAX; i++) {
      send(connect(2), head);
    }
    assertServes(3);
    assertThat(isCutOffWhileDribbling(held.get(0), "", " ")).isTrue();
    for (Socket socket : held) {
      assertThat(readAll(socket)).doesNotContain("HTTP/1.1 201");
    }
    assertServes(2);
  }

  @Test
  void shouldNotWaitForTheBodyOfAStranger() throws Exception {
    Socket stranger = connect(2);
    send(
        stranger,
        "POST /api/v1/volumes HTTP/1.1\r\nHost: n1\r\nContent-Type: application/json\r\nContent-Length:"
            + " 5000\r\n\r\n{");
    long beganNs = System.nanoTime();
    String unused = readAll(stranger);
    assertThat(System.nanoTime() - beganNs).isLessThan(TimeUnit.SECONDS.toNanos(15));
    assertServes(2);
  }

  /** Sends a byte each 100 ms until the server has closed. */
  private static boolean isCutOffWhileDribbling(Socket socket, String begin, String dribble)
      throws IOException {
    try {
      send(socket, begin);
      socket.setSoTimeout(100);
      for (int i = 0; i < 300; i++) {
        try {
          if (socket.getInputStream().read() < 0) {
            return true;
          }
        } catch (java.net.SocketTimeoutException e) {
          send(socket, dribble);
        }
      }
      return false;
    } catch (java.net.SocketException | javax.net.ssl.SSLException e) {
      return true;
    } finally {
      if (!socket.isClosed()) {
        socket.setSoTimeout(30_000);
      }
    }
  }

  @Test
  void shouldRefuseLargeHeadersAndLongAddressesWithACode() throws Exception {
    String large = exchange(connect(2), HEALTH + "X-Large: " + "a".repeat(20_000) + "\r\n");
    assertThat(large).startsWith("HTTP/1.1 431").contains("\"code\" : \"too-large\"");
    String many = exchange(connect(2), HEALTH + "X-Many: a\r\n".repeat(2_000));
    assertThat(many).startsWith("HTTP/1.1 431").contains("\"code\" : \"too-large\"");
    String address =
        exchange(connect(2), "GET /api/v1/" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: n1\r\n");
    assertThat(address).startsWith("HTTP/1.1 414").contains("\"code\" : \"too-large\"");
    assertThat(exchange(connect(2), HEALTH + "X-Fits: " + "a".repeat(15_000) + "\r\n"))
        .startsWith("HTTP/1.1 200");
    assertServes(2);
  }
}
