package io.aerie.iscsi.server;

import io.aerie.export.server.LoopQueue;
import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import io.aerie.iscsi.wire.PduReader;
import io.aerie.iscsi.wire.PduWriter;
import io.aerie.iscsi.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection: takes units in, numbers and sends answers. What they mean is the login's, then the
 * session's business. All on its event loop.
 *
 * <pre>
 *   LOGIN --login complete--> SESSION --logout, protocol error, end of the session--> closed
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter implements PduReader.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final IscsiContext context;
  private final String client;
  private final PduReader reader = new PduReader(this);
  private final PduWriter writer = new PduWriter();
  private ChannelHandlerContext ctx;
  private LoopQueue queue;
  private Login login;
  private Session session;
  private Future<?> loginAlarm;
  private int statusNumber = 1;
  private boolean ended;

  Connection(IscsiContext context, String client) {
    this.context = context;
    this.client = client;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    queue = new LoopQueue(context);
    login = new Login(this.context, this);
    loginAlarm =
        ctx.executor()
            .schedule(
                this::close, this.context.limits().loginTime().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (!ended) {
        reader.take(bytes);
      }
    } catch (ProtocolException e) {
      broken(e);
    } finally {
      bytes.release();
    }
  }

  private void broken(ProtocolException e) {
    LOG.debug("{} broke the iSCSI protocol: {}", client, e.getMessage());
    if (session != null && reader.header() != null) {
      reject(reader.header(), e.reason());
    }
    closeAfterAnswers();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
    readOn();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    readOn();
  }

  /** Who doesn't read his answers isn't read either. */
  private void readOn() {
    if (!ended && ctx.channel().isWritable()) {
      ctx.read();
    }
  }

  @Override
  public ByteBuf begin(Header header) {
    if (session != null) {
      if (header.dataBytes() > IscsiLimits.SEGMENT_BYTES_MAX) {
        throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "data segment too long");
      }
      return session.begin(header);
    }
    if (header.opcode() != Opcodes.LOGIN_REQUEST
        || header.dataBytes() > IscsiLimits.LOGIN_SEGMENT_BYTES_MAX) {
      throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "not a login");
    }
    return allocate(header.dataBytes());
  }

  ByteBuf allocate(int bytes) {
    return ctx.alloc().directBuffer(bytes, bytes);
  }

  @Override
  public void complete(Header header, ByteBuf data) {
    if (ended) {
      release(data);
    } else if (session != null) {
      try {
        session.complete(header, data);
      } catch (ProtocolException e) {
        if (e.isFatal()) {
          throw e;
        }
        LOG.debug("{} sent what can't be answered: {}", client, e.getMessage());
        reject(header, e.reason());
      }
    } else {
      try {
        login.complete(header, data);
      } finally {
        release(data);
      }
    }
  }

  static void release(ByteBuf data) {
    if (data != null) {
      data.release();
    }
  }

  private void reject(Header header, int reason) {
    Header answer = Header.of(Opcodes.REJECT, Opcodes.FINAL).u8(2, reason);
    answer.u32(16, Opcodes.NO_TAG);
    send(answer, Unpooled.wrappedBuffer(header.array()));
  }

  /** Sends an answer that has a number of its own; it leaves with the next flush. */
  void send(Header answer, ByteBuf data) {
    ChannelFuture unused = sendWatched(answer, data);
  }

  /** As {@link #send}, and tells when it has left. */
  ChannelFuture sendWatched(Header answer, ByteBuf data) {
    return write(answer.u32(24, statusNumber++), data);
  }

  /** Sends what belongs to an answer that is still to come. */
  void sendUnnumbered(Header answer, ByteBuf data) {
    ChannelFuture unused = write(answer, data);
  }

  private ChannelFuture write(Header answer, ByteBuf data) {
    if (session != null) {
      answer.u32(28, session.expectedNumber()).u32(32, session.numberMax());
    }
    return writer.write(ctx, answer, data);
  }

  /** The number that the next answer gets. */
  int statusNumber() {
    return statusNumber;
  }

  void flush() {
    ctx.flush();
  }

  LoopQueue queue() {
    return queue;
  }

  String client() {
    return client;
  }

  Executor loop() {
    return ctx.executor();
  }

  /** The login is complete and its last answer written. */
  void begin(Session begun, Parameters agreed) {
    loginAlarm.cancel(/* mayInterruptIfRunning= */ false);
    session = begun;
    login = null;
    reader.digests(agreed.headerDigest(), agreed.dataDigest());
    writer.digests(agreed.headerDigest(), agreed.dataDigest());
  }

  boolean isEnded() {
    return ended;
  }

  /** The server stops; false when nothing is lost by closing at once. */
  boolean drain() {
    if (session == null) {
      return false;
    }
    session.drain();
    return true;
  }

  /** Nothing more is taken; closes when what was sent has left. */
  void closeAfterAnswers() {
    end();
    ChannelFuture unused =
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(
                sent -> {
                  ChannelFuture unusedClose = ctx.close();
                });
  }

  /** Closes at once. */
  void close() {
    end();
    ChannelFuture unused = ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      LOG.debug("iSCSI connection with {} broke", client, cause);
    } else {
      LOG.warn("iSCSI connection with {} failed", client, cause);
    }
    close();
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    loginAlarm.cancel(/* mayInterruptIfRunning= */ false);
    reader.end();
    if (session != null) {
      session.ended();
    } else {
      login.ended();
    }
  }
}
