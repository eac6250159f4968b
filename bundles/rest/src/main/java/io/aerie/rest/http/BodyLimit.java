package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.TransferViews;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

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

  private final int fileBytesMax;
  @Context private ResourceInfo resource;

  /**
   * @param fileBytesMax of bodies that may be files, see {@link LargeBody}
   */
  public BodyLimit(int fileBytesMax) {
    this.fileBytesMax = fileBytesMax;
  }

  @Override
  public void filter(ContainerRequestContext request) throws IOException {
    Optional<LargeBody> file = file(request);
    long bytesMax = BYTES_MAX;
    Supplier<AerieException> refusal = BodyLimit::tooLarge;
    if (file.isPresent()) {
      ConnectionGuard.expectFile(ServedRequest.get());
      long own = file.get().bytesMax();
      bytesMax = own == 0 ? fileBytesMax : own;
      refusal = own == 0 ? () -> TransferViews.fileTooLarge(fileBytesMax) : () -> tooLarge(own);
    }
    if (request.getLength() > bytesMax) {
      drain(request.getEntityStream());
      throw refusal.get();
    }
    if (request.hasEntity()) {
      request.setProperty(UnreadBodies.STREAM, request.getEntityStream());
      request.setEntityStream(new Limited(request.getEntityStream(), bytesMax, refusal));
    }
  }

  private Optional<LargeBody> file(ContainerRequestContext request) {
    return Optional.ofNullable(resource.getResourceMethod())
        .map(method -> method.getAnnotation(LargeBody.class))
        .filter(large -> isOfType(request.getMediaType(), large.value()));
  }

  /** Whether a body is announced as of this very type, whatever its parameters. */
  public static boolean isOfType(MediaType announced, String type) {
    return announced != null
        && (announced.getType() + "/" + announced.getSubtype()).equalsIgnoreCase(type);
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
    return tooLarge(BYTES_MAX);
  }

  private static AerieException tooLarge(long bytesMax) {
    return new AerieException(
        ErrorCode.TOO_LARGE,
        "The body is too large",
        "The body of such a request has at most " + bytesMax + " bytes.",
        "");
  }

  /** Counts what is read. */
  private static final class Limited extends FilterInputStream {
    private final Supplier<AerieException> refusal;
    private long bytesLeft;

    Limited(InputStream in, long bytesMax, Supplier<AerieException> refusal) {
      super(in);
      this.bytesLeft = bytesMax;
      this.refusal = refusal;
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
        throw refusal.get();
      }
    }
  }
}
