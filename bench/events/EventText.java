import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads an answer of server-sent events (WHATWG HTML, section 9.2) in chunks (RFC 9112, section 7.1) as its bytes come,
 * wherever they are cut.
 */
final class EventText {
  /** To whom it is told. */
  interface Listener {
    /**
     * An event, or only the position where a quiet stream is.
     *
     * @param event empty for a position only
     * @param position the last id
     * @param data empty for a position only
     * @param nowNs when it was read from the socket
     */
    void told(String event, String position, String data, long nowNs) throws IOException;
  }

  private enum Part {
    STATUS,
    HEADER,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END
  }

  private final Listener listener;
  private Part part = Part.STATUS;
  private boolean chunked;
  private long chunkLeft;

  /** A line of the head or of a chunk's size, and one of the stream, as far as they came. */
  private final Line head = new Line();

  private final Line line = new Line();
  private String event = "";
  private String position = "";
  private String data = "";

  EventText(Listener listener) {
    this.listener = listener;
  }

  void take(ByteBuffer bytes, long nowNs) throws IOException {
    while (bytes.hasRemaining()) {
      if (part != Part.CHUNK) {
        if (head.add(bytes.get())) {
          framed(head.take());
        }
        continue;
      }
      boolean complete = line.add(bytes.get());
      if (--chunkLeft == 0) {
        part = Part.CHUNK_END;
      }
      if (complete) {
        streamed(line.take(), nowNs);
      }
    }
  }

  private void framed(String text) throws IOException {
    switch (part) {
      case STATUS -> {
        if (!text.startsWith("HTTP/1.1 200 ")) {
          throw new IOException(text);
        }
        part = Part.HEADER;
      }
      case HEADER -> {
        chunked |= text.equalsIgnoreCase("Transfer-Encoding: chunked");
        if (text.isEmpty()) {
          if (!chunked) {
            throw new IOException("the answer is no stream");
          }
          part = Part.CHUNK_SIZE;
        }
      }
      case CHUNK_SIZE -> {
        chunkLeft = Long.parseLong(text, 16);
        if (chunkLeft == 0) {
          throw new EOFException("the node has ended the stream");
        }
        part = Part.CHUNK;
      }
      default -> part = Part.CHUNK_SIZE;
    }
  }

  private void streamed(String text, long nowNs) throws IOException {
    if (text.startsWith("event: ")) {
      event = text.substring(7);
    } else if (text.startsWith("id: ")) {
      position = text.substring(4);
    } else if (text.startsWith("data: ")) {
      data = text.substring(6);
    } else if (text.isEmpty()) {
      if (!position.isEmpty()) {
        listener.told(event, position, data, nowNs);
      }
      event = "";
      data = "";
    }
  }

  /** A line that comes in pieces. */
  private static final class Line {
    private byte[] bytes = new byte[128];
    private int length;

    /** Whether it is complete. */
    boolean add(byte next) {
      if (next == '\n') {
        return true;
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      bytes[length++] = next;
      return false;
    }

    String take() {
      int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
      length = 0;
      return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
  }
}
