import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.SocketFactory;

/**
 * One kept connection of HTTP/1.1 (RFC 9112), one request at a time. Java's own client costs as much CPU as the
 * servers that are measured on the same processors, and doesn't say how many connections it has.
 */
final class HttpConnection implements AutoCloseable {
  private static final int TIMEOUT_MS = 30_000;

  private final String host;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private long chunkLeft;
  private boolean chunked;

  HttpConnection(URI base, SocketFactory sockets) throws IOException {
    host = base.getHost() + ":" + base.getPort();
    socket = sockets.createSocket(base.getHost(), base.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    out = socket.getOutputStream();
  }

  /** A request's bytes, made before the clock runs. */
  byte[] request(String method, String path, String headers, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String length = body.isEmpty() ? "" : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n";
    byte[] head =
        (method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + length + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + content.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return all;
  }

  /** The body of an answer that must be good. */
  byte[] exchange(byte[] request) throws IOException {
    long length = begin(request);
    if (length >= 0) {
      return in.readNBytes((int) length);
    }
    if (!chunked) {
      throw new IOException("the answer has no length");
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (long left = chunk(); left > 0; left = chunk()) {
      body.write(in.readNBytes((int) left));
      line();
    }
    line();
    return body.toByteArray();
  }

  /** Sends and reads the head; what follows is a stream of lines in chunks. */
  void open(byte[] request) throws IOException {
    if (begin(request) >= 0) {
      throw new IOException("the answer is no stream");
    }
    socket.setSoTimeout(0);
  }

  /** A stream's next line, wherever its chunks end. */
  String streamedLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (chunkLeft == 0) {
        chunkLeft = chunk();
      }
      int value = in.read();
      if (value < 0) {
        throw new EOFException("the stream has ended");
      }
      if (--chunkLeft == 0) {
        line();
      }
      if (value == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(value);
    }
  }

  /** The announced length, or -1 for chunks. */
  private long begin(byte[] request) throws IOException {
    out.write(request);
    out.flush();
    String status = line();
    long length = -1;
    chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
      if (lower.startsWith("connection:") && lower.endsWith("close")) {
        throw new IOException("the server does not keep the connection: " + status);
      }
    }
    if (!status.startsWith("HTTP/1.1 2")) {
      throw new IOException(status + " " + (length > 0 ? new String(in.readNBytes((int) length), StandardCharsets.UTF_8) : ""));
    }
    return length;
  }

  private long chunk() throws IOException {
    return Long.parseLong(line().strip(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int value = in.read(); value != '\n'; value = in.read()) {
      if (value < 0) {
        throw new EOFException("the connection was closed");
      }
      if (value != '\r') {
        line.append((char) value);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
