package io.aerie.rest;

import static io.aerie.rest.PlainClients.OPEN;
import static io.aerie.rest.PlainClients.exchange;
import static io.aerie.rest.PlainClients.readAll;
import static io.aerie.rest.PlainClients.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.http.ConnectionGuard.Limits;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
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
  private static final int WAIT_MS = 2_000;

  private static final int BODY_MS = 1_500;

  /** What a test may not wait for. */
  private static final int NEVER_MS = 600_000;

  private PlainClients clients;

  private void start(int waitMs) throws Exception {
    clients =
        new PlainClients(
            new Limits(
                CONNECTIONS_MAX,
                PER_ADDRESS_MAX,
                waitMs,
                BODY_MS,
                1_000,
                80,
                64,
                NEVER_MS,
                NEVER_MS,
                16 << 10));
  }

  @AfterEach
  void stop() throws Exception {
    clients.close();
  }

  /** Whether the connection was taken: its first request is answered. */
  private boolean isTaken(int from) throws IOException {
    Socket socket = clients.connect(from);
    try {
      send(socket, OPEN + "\r\n");
      return socket.getInputStream().read() == 'H';
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void shouldRefuseMoreConnectionsOfAnAddressAndServeOthers() throws Exception {
    start(NEVER_MS);
    int taken = 0;
    for (int i = 0; i < 2 * PER_ADDRESS_MAX; i++) {
      taken += isTaken(2) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(PER_ADDRESS_MAX);
    clients.assertServes(3);
  }

  @Test
  void shouldCloseTheOldestSilentOneOfWhoHoldsMostForANewOne() throws Exception {
    start(NEVER_MS);
    assertThat(isTaken(9)).isTrue();
    for (int i = 1; i < CONNECTIONS_MAX; i++) {
      assertThat(isTaken(2 + i % 2)).isTrue();
    }
    for (int i = 0; i < CONNECTIONS_MAX / 2; i++) {
      assertThat(isTaken(20 + i)).isTrue();
    }
    // what is left of the answer, and the end
    String unused = readAll(clients.all().get(1));
    assertThat(exchange(clients.all().get(0), OPEN)).contains("HTTP/1.1 200");
  }

  @Test
  void shouldEndWhoSendsHeadersByteByByte() throws Exception {
    start(WAIT_MS);
    Socket slow = clients.connect(2);
    long beganNs = System.nanoTime();
    assertThat(isCutOffWhileDribbling(slow, OPEN + "X-Slow: ", "a")).isTrue();
    assertThat(System.nanoTime() - beganNs)
        .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(WAIT_MS / 2));
    clients.assertServes(2);
  }

  @Test
  void shouldEndWhoNeverShakesHands() throws Exception {
    start(WAIT_MS);
    assertThat(clients.connectWithoutTls(2).getInputStream().read()).isEqualTo(-1);
    clients.assertServes(2);
  }

  @Test
  void shouldEndSlowBodiesAndServeOthersMeanwhile() throws Exception {
    start(NEVER_MS);
    String head =
        "POST /api/v1/volumes HTTP/1.1\r\nHost: n1\r\nContent-Type: application/json\r\nAuthorization: "
            + RestFixture.basic("administrator", "secret-administrator")
            + "\r\nContent-Length: 5000\r\n\r\n{";
    for (int i = 0; i < PER_ADDRESS_MAX; i++) {
      send(clients.connect(2), head);
    }
    clients.assertServes(3);
    assertThat(isCutOffWhileDribbling(clients.all().get(0), "", " ")).isTrue();
    for (Socket socket : clients.all()) {
      assertThat(readAll(socket)).doesNotContain("HTTP/1.1 201");
    }
    clients.assertServes(2);
  }

  @Test
  void shouldNotWaitForTheBodyOfAStranger() throws Exception {
    start(NEVER_MS);
    Socket stranger = clients.connect(2);
    send(
        stranger,
        "POST /api/v1/volumes HTTP/1.1\r\nHost: n1\r\nContent-Type: application/json\r\nContent-Length:"
            + " 5000\r\n\r\n{");
    long beganNs = System.nanoTime();
    String unused = readAll(stranger);
    assertThat(System.nanoTime() - beganNs).isLessThan(TimeUnit.SECONDS.toNanos(15));
    clients.assertServes(2);
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
        socket.setSoTimeout(PlainClients.PATIENCE_MS);
      }
    }
  }

  @Test
  void shouldRefuseLargeHeadersAndLongAddressesWithACode() throws Exception {
    start(NEVER_MS);
    String large = exchange(clients.connect(2), OPEN + "X-Large: " + "a".repeat(20_000) + "\r\n");
    assertThat(large).startsWith("HTTP/1.1 431").contains("\"code\" : \"too-large\"");
    String many = exchange(clients.connect(2), OPEN + "X-Many: a\r\n".repeat(2_000));
    assertThat(many).startsWith("HTTP/1.1 431").contains("\"code\" : \"too-large\"");
    String address =
        exchange(
            clients.connect(2), "GET /api/v1/" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: n1\r\n");
    assertThat(address).startsWith("HTTP/1.1 414").contains("\"code\" : \"too-large\"");
    assertThat(exchange(clients.connect(2), OPEN + "X-Fits: " + "a".repeat(15_000) + "\r\n"))
        .startsWith("HTTP/1.1 200");
    clients.assertServes(2);
  }
}
