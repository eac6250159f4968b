package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.http.ConnectionGuard.Limits;
import io.aerie.rest.stream.EventStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A server with limits, and clients with plain sockets, from whatever address of this machine. */
final class PlainClients implements AutoCloseable {
  /** What is open to all, as far as its headers; an empty line ends them. */
  static final String OPEN = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: n1\r\n";

  /** Long for a busy machine, and before the server gives up who is silent (60 s). */
  static final int PATIENCE_MS = 50_000;

  private static final int RECEIVE_BYTES = 1 << 16;

  private final List<Socket> held = new ArrayList<>();
  private final SSLContext tls = TestCertificate.context();
  private final RestServer server;

  PlainClients(Limits limits) throws Exception {
    server =
        RestServer.start(
            "127.0.0.1",
            0,
            tls,
            limits,
            new RestFixture().subsystems,
            EventStream.HEARTBEAT,
            RestFixture.FILE_BYTES_MAX);
  }

  /** All that were made, the first first. */
  List<Socket> all() {
    return held;
  }

  /** A client at 127.0.0.FROM; all of 127.0.0.0/8 is this machine's. */
  Socket connect(int from) throws IOException {
    return connect(from, RECEIVE_BYTES);
  }

  /** A client for which the kernel keeps little that it doesn't read. */
  Socket connect(int from, int receiveBytes) throws IOException {
    Socket socket = tls.getSocketFactory().createSocket();
    socket.setReceiveBufferSize(receiveBytes);
    return connect(socket, from);
  }

  /** One without TLS. */
  Socket connectWithoutTls(int from) throws IOException {
    return connect(new Socket(), from);
  }

  private Socket connect(Socket socket, int from) throws IOException {
    held.add(socket);
    socket.setSoTimeout(PATIENCE_MS);
    socket.bind(new InetSocketAddress(loopback(from), 0));
    socket.connect(new InetSocketAddress(loopback(1), server.port()));
    return socket;
  }

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Everything until the server ends it; what is there when the connection breaks, too. */
  static String readAll(Socket socket) {
    StringBuilder text = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        text.append((char) next);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nobody serves, and the server holds the connection", e);
    } catch (IOException e) {
      return text.toString();
    }
    return text.toString();
  }

  /** The answer to a request, given as far as its headers. */
  static String exchange(Socket socket, String request) throws IOException {
    send(socket, request + "Connection: close\r\n\r\n");
    return readAll(socket);
  }

  /** A client at 127.0.0.FROM is served. */
  void assertServes(int from) throws IOException {
    assertThat(exchange(connect(from), OPEN)).startsWith("HTTP/1.1 200");
  }

  @Override
  public void close() throws Exception {
    for (Socket socket : held) {
      socket.close();
    }
    server.close();
  }
}
