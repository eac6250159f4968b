package io.aerie.nbd.server;

import io.aerie.export.volume.ExportedVolume;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transmission phase of one connection: takes requests apart, admits them, and reads from the
 * socket only while it can admit more. Nothing here waits: a full connection is one whose socket
 * isn't read.
 *
 * <pre>
 *            header complete         admitted, WRITE          payload complete
 *   HEADER -----------------> WAITING ---------> PAYLOAD ----------------------> HEADER
 *     ^                          | admitted, else                                  (execute)
 *     |                          +---------------------------------------------> HEADER
 *     |  refused WRITE: its payload is skipped                                     (execute)
 *     +-- SKIPPING <-------------+
 *   DISC, or the server stops: ENDING, closed when nothing is at work
 * </pre>
 */
final class Transmission extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Transmission.class);

  private enum Phase {
    HEADER,
    WAITING,
    PAYLOAD,
    SKIPPING,
    ENDING
  }

  private final ServerContext server;
  private final ExportedVolume volume;
  private final boolean structured;
  private final boolean withContext;
  private final long sizeBytes;
  private final Queue<ByteBuf> received = new ArrayDeque<>();
  private final ByteBuf header = Unpooled.buffer(Request.BYTES, Request.BYTES);
  private ChannelHandlerContext ctx;
  private Executor executor;
  private Phase phase = Phase.HEADER;
  private Request request;
  private ByteBuf payload;
  private long skipBytes;
  private int atWorkCount;
  private long atWorkBytes;
  private boolean taking;
  private boolean stopping;
  private boolean ended;

  Transmission(
      ServerContext server, ExportedVolume volume, boolean structured, boolean withContext) {
    this.server = server;
    this.volume = volume;
    this.structured = structured;
    this.withContext = withContext;
    this.sizeBytes = volume.sizeBytes();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    executor =
        new Executor(volume, structured, context.alloc(), new ReplyQueue(context, this::close));
  }

  /** Starts with what came after the last option. */
  void begin(ByteBuf rest) {
    if (!ctx.channel().isActive()) {
      rest.release();
      end();
      return;
    }
    received.add(rest);
    take();
    readIfHungry();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    received.add((ByteBuf) message);
    take();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    readIfHungry();
  }

  private void readIfHungry() {
    if (received.isEmpty() && phase != Phase.WAITING && phase != Phase.ENDING && !ended) {
      ctx.read();
    }
  }

  /** Takes all that was received and can be admitted. */
  private void take() {
    if (taking) {
      return;
    }
    taking = true;
    try {
      while (!ended && phase != Phase.ENDING && step()) {
        dropEmpty();
      }
      dropEmpty();
    } finally {
      taking = false;
    }
    if (ended || phase == Phase.ENDING) {
      releaseReceived();
    }
  }

  private void dropEmpty() {
    while (!received.isEmpty() && !received.peek().isReadable()) {
      received.remove().release();
    }
  }

  /** One step of the drawing; false when it needs bytes or room. */
  private boolean step() {
    ByteBuf bytes = received.peek();
    return switch (phase) {
      case HEADER -> bytes != null && takeHeader(bytes);
      case WAITING -> admit();
      case PAYLOAD -> {
        if (bytes == null && payload.isWritable()) {
          yield false;
        }
        yield takePayload(bytes);
      }
      case SKIPPING -> {
        if (bytes == null && skipBytes > 0) {
          yield false;
        }
        yield skip(bytes);
      }
      case ENDING -> false;
    };
  }

  private boolean takeHeader(ByteBuf bytes) {
    bytes.readBytes(header, Math.min(header.writableBytes(), bytes.readableBytes()));
    if (header.isWritable()) {
      return true;
    }
    if (header.readInt() != Nbd.REQUEST_MAGIC) {
      // Not a request: where the next one begins can't be known.
      LOG.debug("{} sent no NBD request", ctx.channel().remoteAddress());
      close();
      return false;
    }
    request = Request.read(header);
    header.clear();
    if (request.type() == Nbd.CMD_DISC) {
      ending();
      return false;
    }
    phase = Phase.WAITING;
    return true;
  }

  private boolean admit() {
    int error = stopping ? Nbd.ESHUTDOWN : request.refusal(sizeBytes, structured, withContext);
    long bytes = error == 0 ? request.payloadBytes() : 0;
    boolean first = atWorkCount == 0;
    if (!first
        && (atWorkCount >= server.limits().requestCountMax()
            || atWorkBytes + bytes > server.limits().connectionBytesMax())) {
      return false;
    }
    if (!server.budget().take(bytes, first)) {
      return false;
    }
    atWorkCount++;
    atWorkBytes += bytes;
    if (error != 0) {
      skipBytes = request.type() == Nbd.CMD_WRITE ? request.length() : 0;
      phase = Phase.SKIPPING;
      executor.refuse(request, error, refusalText(error), () -> done(bytes));
    } else if (request.type() == Nbd.CMD_WRITE) {
      phase = Phase.PAYLOAD;
      payload = ctx.alloc().directBuffer((int) bytes, (int) bytes);
    } else {
      phase = Phase.HEADER;
      executor.execute(request, null, () -> done(bytes));
    }
    return true;
  }

  private static String refusalText(int error) {
    return switch (error) {
      case Nbd.ESHUTDOWN -> "the server stops";
      case Nbd.ENOSPC -> "beyond the end of the volume";
      default -> "the request is not valid here";
    };
  }

  private boolean takePayload(ByteBuf bytes) {
    if (bytes != null) {
      bytes.readBytes(payload, Math.min(payload.writableBytes(), bytes.readableBytes()));
    }
    if (payload.isWritable()) {
      return true;
    }
    ByteBuf complete = payload;
    payload = null;
    phase = Phase.HEADER;
    long length = request.payloadBytes();
    executor.execute(request, complete, () -> done(length));
    return true;
  }

  private boolean skip(ByteBuf bytes) {
    if (bytes != null) {
      int part = (int) Math.min(skipBytes, bytes.readableBytes());
      bytes.skipBytes(part);
      skipBytes -= part;
    }
    if (skipBytes == 0) {
      phase = Phase.HEADER;
    }
    return true;
  }

  /** The answer has left, or the connection is gone. */
  private void done(long bytes) {
    atWorkCount--;
    atWorkBytes -= bytes;
    server.budget().give(bytes);
    if (ended) {
      return;
    }
    if (phase == Phase.WAITING) {
      take();
      readIfHungry();
    }
    closeIfOver();
  }

  private void closeIfOver() {
    if (atWorkCount == 0 && (phase == Phase.ENDING || stopping)) {
      close();
    }
  }

  private void ending() {
    phase = Phase.ENDING;
    closeIfOver();
  }

  /** The server stops: what is at work is answered, further requests get ESHUTDOWN. */
  void stop() {
    stopping = true;
    closeIfOver();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("NBD connection with {} broke", ctx.channel().remoteAddress(), cause);
    close();
  }

  private void close() {
    end();
    ChannelFuture unused = ctx.close();
  }

  /** Nothing of a client that is gone takes effect later: its volume is closed at once. */
  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (payload != null) {
      payload.release();
      payload = null;
      done(request.payloadBytes());
    }
    if (!taking) {
      releaseReceived();
    }
    volume.close();
  }

  private void releaseReceived() {
    while (!received.isEmpty()) {
      received.remove().release();
    }
  }
}
