package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.http.ConnectionGuard.Limits;
import io.aerie.rest.stream.EventStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that ask for what is open to all and don't take the answers, or send a body slowly. Each
 * of them holds a thread of the server, of which there are 80.
 */
@Timeout(120)
class SlowReadersTest {
  /** More than the server has threads. */
  private static final int CLIENTS = 120;

  /** The kernel takes some answers for a client that doesn't read: more than it keeps. */
  private static final int REQUESTS = 400;

  private static final String OPEN = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: n1\r\n";

  private static final String SLOW_BODY =
      "POST /api/v1/cluster/members HTTP/1.1\r\nHost: n1\r\nContent-Type: application/json\r\n"
          + "Content-Length: 500\r\n\r\n{";

  private final List<Socket> held = new ArrayList<>();
  private SSLContext tls;
  private RestServer server;

  private void start(Limits limits) throws Exception {
    tls = TestCertificate.context();
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

  private Socket connect(int from, int receiveBytes) throws IOException {
    Socket socket = tls.getSocketFactory().createSocket();
    held.add(socket);
    socket.setReceiveBufferSize(receiveBytes);
    // Long for a busy machine, and before the server gives up who is silent (60 s).
    socket.setSoTimeout(50_000);
    socket.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private void assertServes(int from) throws IOException {
    Socket socket = connect(from, 1 << 16);
    send(socket, OPEN + "Connection: close\r\n\r\n");
    try {
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .startsWith("HTTP/1.1 200");
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nobody serves", e);
    }
  }

  /** All shake hands before the first of them asks. */
  private void ask(String request, int receiveBytes) throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      ((SSLSocket) connect(2, receiveBytes)).startHandshake();
    }
    for (Socket socket : held) {
      send(socket, request);
    }
  }

  @Test
  void shouldServeOthersWhileAnAddressTakesNoAnswers() throws Exception {
    start(Limits.DEFAULT);
    ask((OPEN + "\r\n").repeat(REQUESTS), 2_048);
    assertServes(3);
  }

  @Test
  void shouldServeOthersWhileAnAddressSendsBodiesSlowly() throws Exception {
    start(Limits.DEFAULT);
    ask(SLOW_BODY, 1 << 16);
    assertServes(3);
  }

  /** Long before they are given up for their silence, and without a word in the log. */
  @Test
  void shouldEndWhoTakesNothingAndServeTheSameAddress() throws Exception {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Handler handler = keepingIn(logged);
    Logger jersey = Logger.getLogger("org.glassfish.jersey");
    jersey.addHandler(handler);
    start(new Limits(200, 200, 30_000, 20_000, 2_000, 4, 2_000, 1 << 20));
    for (int i = 0; i < 4; i++) {
      send(connect(2, 2_048), (OPEN + "\r\n").repeat(REQUESTS));
    }
    assertServes(2);
    jersey.removeHandler(handler);
    assertThat(logged).extracting(LogRecord::getMessage).isEmpty();
  }

  private static Handler keepingIn(List<LogRecord> logged) {
    return new Handler() {
      @Override
      public void publish(LogRecord entry) {
        logged.add(entry);
      }

      @Override
      public void flush() {
        // nothing is kept back
      }

      @Override
      public void close() {
        // nothing is held
      }
    };
  }
}
