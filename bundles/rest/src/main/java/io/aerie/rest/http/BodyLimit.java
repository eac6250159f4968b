package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses bodies that no honest request has, announced or not, before they fill the memory. */
@Priority(Priorities.HEADER_DECORATOR)
public final class BodyLimit implements ContainerRequestFilter {
  /** Four times the largest document of ConfigDB. */
  static final int BYTES_MAX = 1 << 20;

  /**
   * What is still read and thrown away of a body that is refused: most clients send all before they
   * look for an answer, and would see a broken connection instead of it.
   */
  private static final int DRAINED_BYTES_MAX = 8 << 20;

  @Override
  public void filter(ContainerRequestContext request) throws IOException {
    if (request.getLength() > BYTES_MAX) {
      drain(request.getEntityStream());
      throw tooLarge();
    }
    if (request.hasEntity()) {
      request.setProperty(UnreadBodies.STREAM, request.getEntityStream());
      request.setEntityStream(new Limited(request.getEntityStream()));
    }
  }

  static void drain(InputStream body) throws IOException {
    byte[] buffer = new byte[8192];
    int drained = 0;
    int read = 0;
    while (read >= 0 && drained < DRAINED_BYTES_MAX) {
      read = body.read(buffer);
      drained += Math.max(read, 0);
    }
  }

  static AerieException tooLarge() {
    return new AerieException(
        ErrorCode.TOO_LARGE,
        "The body is too large",
        "A request's body has at most " + BYTES_MAX + " bytes.",
        "");
  }

  /** Counts what is read. */
  private static final class Limited extends FilterInputStream {
    private long bytesLeft = BYTES_MAX;

    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        count(1);
      }
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      if (read > 0) {
        count(read);
      }
      return read;
    }

    /**
     * Whoever parses a body closes it, and the connection's own stream must stay open: {@link
     * UnreadBodies} looks there whether something is left, and could not tell. It would close the
     * connection, and the client's next request would cost a handshake.
     */
    @Override
    public void close() {
      // see above
    }

    private void count(int bytes) throws IOException {
      bytesLeft -= bytes;
      if (bytesLeft < 0) {
        drain(in);
        throw tooLarge();
      }
    }
  }
}
