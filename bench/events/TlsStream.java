import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;

/**
 * One request over TLS whose answer never ends, without a thread: 10,000 of them in one process. What comes in is
 * decrypted into the loop's buffers; between two readings a stream holds only the rest of a record that has begun.
 */
final class TlsStream {
  /** Room for some records of 16 KiB and what TLS adds; one of each for all streams of a loop. */
  static ByteBuffer buffer() {
    return ByteBuffer.allocate(64 * 1024);
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final URI base;
  private final byte[] request;
  private final EventText text;
  private SocketChannel channel;
  private SSLEngine engine;
  private byte[] rest = new byte[0];
  private boolean asked;

  TlsStream(URI base, String path, String headers, EventText text) {
    this.base = base;
    this.text = text;
    String host = base.getHost() + ":" + base.getPort();
    request =
        ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/event-stream\r\n" + headers + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Begins to connect.
   *
   * @param from the address of this machine that it comes from
   */
  SelectionKey connect(SSLContext tls, String from, Selector selector) throws IOException {
    engine = tls.createSSLEngine(base.getHost(), base.getPort());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.bind(new InetSocketAddress(from, 0));
    channel.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    return channel.register(selector, SelectionKey.OP_CONNECT);
  }

  /** The channel is ready for what it was registered for. */
  void ready(SelectionKey key, ByteBuffer network, ByteBuffer plain) throws IOException {
    if (key.isConnectable()) {
      channel.finishConnect();
      key.interestOps(SelectionKey.OP_READ);
      network.clear().flip();
      engine.beginHandshake();
    } else {
      network.clear().put(rest);
      if (channel.read(network) < 0) {
        throw new EOFException("the node has closed the connection");
      }
      network.flip();
    }
    long nowNs = System.nanoTime();
    decrypt(network, plain, nowNs);
    rest = new byte[network.remaining()];
    network.get(rest);
  }

  private void decrypt(ByteBuffer network, ByteBuffer plain, long nowNs) throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> send(NOTHING);
        default -> {
          if (!unwrap(network, plain, nowNs)) {
            return;
          }
        }
      }
    }
  }

  /** Whether there may be more to do with what has come. */
  private boolean unwrap(ByteBuffer network, ByteBuffer plain, long nowNs) throws IOException {
    plain.clear();
    SSLEngineResult result = engine.unwrap(network, plain);
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      ask();
    }
    text.take(plain.flip(), nowNs);
    return switch (result.getStatus()) {
      case OK -> true;
      case BUFFER_UNDERFLOW -> false;
      case CLOSED -> throw new EOFException("the node has ended TLS");
      case BUFFER_OVERFLOW -> throw new IOException("a record is larger than the buffer");
    };
  }

  /** Once; TLS 1.3 tells of finished handshakes again when tickets come. */
  private void ask() throws IOException {
    if (!asked) {
      asked = true;
      send(ByteBuffer.wrap(request));
    }
  }

  private void send(ByteBuffer from) throws IOException {
    ByteBuffer records = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    SSLEngineResult result = engine.wrap(from, records);
    if (result.getStatus() != SSLEngineResult.Status.OK || from.hasRemaining()) {
      throw new IOException("TLS takes no more: " + result);
    }
    boolean finished = result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    records.flip();
    int length = records.remaining();
    // a new socket has room for more than is ever sent on it
    if (channel.write(records) != length) {
      throw new IOException("the socket's buffer is full");
    }
    if (finished) {
      ask();
    }
  }

  void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
