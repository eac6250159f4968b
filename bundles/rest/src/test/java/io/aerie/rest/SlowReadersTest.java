package io.aerie.rest;

import static io.aerie.rest.PlainClients.OPEN;
import static io.aerie.rest.PlainClients.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.http.ConnectionGuard.Limits;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that ask for what is open to all and don't take the answers, or send a body slowly. Each
 * of them holds a turn, and a thread, of the server.
 */
@Timeout(120)
class SlowReadersTest {
  /** What a test may not wait for. */
  private static final int NEVER_MS = 600_000;

  private static final int TURNS = 8;
  private static final int TURNS_PER_ADDRESS = 4;
  private static final int SHORT_MS = 100;

  /** Of all turns two addresses can have, more clients than that. */
  private static final int CLIENTS = 12;

  /** The kernel takes some answers for a client that doesn't read: more than it keeps. */
  private static final int REQUESTS = 400;

  private static final String SLOW_BODY =
      "POST /api/v1/cluster/members HTTP/1.1\r\nHost: n1\r\nContent-Type: application/json\r\n"
          + "Content-Length: 500\r\n\r\n{";

  private PlainClients clients;

  /** Nobody is given up by a limit on its own time. */
  private void start() throws Exception {
    start(NEVER_MS);
  }

  private void start(int answerMs) throws Exception {
    clients =
        new PlainClients(
            new Limits(
                200,
                200,
                NEVER_MS,
                NEVER_MS,
                NEVER_MS,
                TURNS,
                TURNS_PER_ADDRESS,
                SHORT_MS,
                answerMs,
                1 << 20));
  }

  @AfterEach
  void stop() throws Exception {
    clients.close();
  }

  /** All shake hands before the first of them asks. */
  private void ask(String request, int receiveBytes, int addresses) throws IOException {
    List<Socket> asking = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Socket socket = clients.connect(2 + i % addresses, receiveBytes);
      ((SSLSocket) socket).startHandshake();
      asking.add(socket);
    }
    for (Socket socket : asking) {
      send(socket, request);
    }
  }

  @Test
  void shouldServeOthersWhileAnAddressTakesNoAnswers() throws Exception {
    start();
    ask((OPEN + "\r\n").repeat(REQUESTS), 2_048, 1);
    clients.assertServes(99);
  }

  @Test
  void shouldServeOthersWhileSeveralAddressesTakeNoAnswers() throws Exception {
    start();
    ask((OPEN + "\r\n").repeat(REQUESTS), 2_048, 3);
    clients.assertServes(99);
  }

  @Test
  void shouldServeOthersWhileSeveralAddressesSendBodiesSlowly() throws Exception {
    start();
    ask(SLOW_BODY, 1 << 16, 3);
    clients.assertServes(99);
  }

  /** What is left of a body that is refused is read, too. */
  @Test
  void shouldServeOthersWhileSeveralAddressesSendRefusedBodiesSlowly() throws Exception {
    start();
    ask(SLOW_BODY.replace("/cluster/members", "/volumes"), 1 << 16, 3);
    clients.assertServes(99);
  }

  @Test
  void shouldServeOthersWhileMoreAddressesAreSlowThanThereAreTurns() throws Exception {
    start();
    ask(SLOW_BODY, 1 << 16, CLIENTS);
    clients.assertServes(99);
  }

  @Test
  void shouldSpareWhoHasNoMoreThanItsShare() throws Exception {
    start();
    Socket slow = clients.connect(98);
    send(slow, SLOW_BODY);
    ask(SLOW_BODY, 1 << 16, 3);
    clients.assertServes(99);
    send(slow, " ".repeat(498) + "}");
    assertThat((char) slow.getInputStream().read()).isEqualTo('H');
  }

  @Test
  void shouldEndNobodyForItsSlownessWhileNobodyWaits() throws Exception {
    start();
    for (int i = 0; i < TURNS_PER_ADDRESS; i++) {
      send(clients.connect(2), SLOW_BODY);
    }
    clients.assertServes(99);
    clients.assertServes(99);
    for (Socket socket : clients.all().subList(0, TURNS_PER_ADDRESS)) {
      send(socket, " ".repeat(498) + "}");
      assertThat((char) socket.getInputStream().read()).isEqualTo('H');
    }
  }

  /** Long before they are given up for their silence, and without a word in the log. */
  @Test
  void shouldEndWhoTakesNothingAndServeTheSameAddress() throws Exception {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Handler handler = keepingIn(logged);
    Logger jersey = Logger.getLogger("org.glassfish.jersey");
    jersey.addHandler(handler);
    start(500);
    for (int i = 0; i < TURNS_PER_ADDRESS; i++) {
      send(clients.connect(2, 2_048), (OPEN + "\r\n").repeat(REQUESTS));
    }
    clients.assertServes(2);
    jersey.removeHandler(handler);
    assertThat(logged).extracting(LogRecord::getMessage).isEmpty();
  }

  /** Requests that cost no waiting, but are many: the processor is shared by addresses, too. */
  @Test
  void shouldServeOthersWhileSeveralAddressesAskWithoutEnd() throws Exception {
    start();
    ask("GET /api/v1/volumes HTTP/1.1\r\nHost: n1\r\n\r\n".repeat(2 * REQUESTS), 2_048, 3);
    clients.assertServes(99);
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
