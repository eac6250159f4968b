package io.aerie.nbd.server;

import io.aerie.nbd.server.Options.Answer;
import io.aerie.nbd.server.Options.Next;
import io.aerie.nbd.server.Options.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake's bytes (section "Fixed newstyle negotiation"). Reads from the socket only while no
 * option is being answered, so a client that sends options without taking the answers stops itself.
 *
 * <pre>
 *   CLIENT_FLAGS -> OPTION <-> ANSWERING -> (Transmission takes the handler's place)
 *                     ^ v
 *                   SKIPPING (data of an option that is too large)
 *
 *   server  u64 NBDMAGIC | u64 IHAVEOPT | u16 flags
 *   client  u32 flags
 *   client  u64 IHAVEOPT | u32 option | u32 length | data
 * </pre>
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
  private static final int OPTION_HEADER_BYTES = 16;

  /** Zeroes after EXPORT_NAME's answer for clients that did not agree to NO_ZEROES. */
  private static final int EXPORT_NAME_ZERO_BYTES = 124;

  private enum Phase {
    CLIENT_FLAGS,
    OPTION,
    SKIPPING,
    ANSWERING,
    OVER
  }

  private final ServerContext server;
  private final Options options;
  private Phase phase = Phase.CLIENT_FLAGS;
  private boolean noZeroes;
  private int skippedOption;
  private long skipBytes;
  private ByteBuf received;
  private ScheduledFuture<?> timeLimit;

  Handshake(ServerContext server, String client) {
    this.server = server;
    this.options = new Options(server.source(), client, server.tls() != null);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    received = ctx.alloc().buffer();
    timeLimit =
        ctx.executor()
            .schedule(
                () -> close(ctx),
                server.limits().handshakeTime().toMillis(),
                TimeUnit.MILLISECONDS);
    ByteBuf hello =
        ctx.alloc()
            .buffer()
            .writeLong(Nbd.INIT_MAGIC)
            .writeLong(Nbd.OPTION_MAGIC)
            .writeShort(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES);
    ChannelFuture unused = ctx.writeAndFlush(hello);
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (phase == Phase.OVER) {
        return;
      }
      if (phase == Phase.SKIPPING) {
        skip(bytes);
      }
      received.writeBytes(bytes);
    } finally {
      bytes.release();
    }
    proceed(ctx);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (phase != Phase.ANSWERING && phase != Phase.OVER) {
      ctx.read();
    }
  }

  /** Takes what is complete; ends when more bytes or an answer are needed. */
  private void proceed(ChannelHandlerContext ctx) {
    boolean going = true;
    while (going) {
      going =
          switch (phase) {
            case CLIENT_FLAGS -> clientFlags(ctx);
            case OPTION -> option(ctx);
            case SKIPPING -> skipped(ctx);
            case ANSWERING, OVER -> false;
          };
    }
  }

  private boolean clientFlags(ChannelHandlerContext ctx) {
    if (received.readableBytes() < Integer.BYTES) {
      return false;
    }
    int flags = received.readInt();
    if ((flags & ~(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES)) != 0) {
      close(ctx);
      return false;
    }
    noZeroes = (flags & Nbd.FLAG_NO_ZEROES) != 0;
    phase = Phase.OPTION;
    return true;
  }

  private boolean option(ChannelHandlerContext ctx) {
    if (received.readableBytes() < OPTION_HEADER_BYTES) {
      return false;
    }
    int at = received.readerIndex();
    if (received.getLong(at) != Nbd.OPTION_MAGIC) {
      close(ctx);
      return false;
    }
    int option = received.getInt(at + Long.BYTES);
    long length = received.getUnsignedInt(at + Long.BYTES + Integer.BYTES);
    if (length > NbdLimits.OPTION_BYTES_MAX) {
      received.skipBytes(OPTION_HEADER_BYTES);
      phase = Phase.SKIPPING;
      skippedOption = option;
      skipBytes = length;
      skip(received);
      return true;
    }
    if (received.readableBytes() < OPTION_HEADER_BYTES + length) {
      return false;
    }
    received.skipBytes(OPTION_HEADER_BYTES);
    answer(ctx, option, options.answer(option, received.readSlice((int) length)));
    received.discardSomeReadBytes();
    return true;
  }

  private void skip(ByteBuf bytes) {
    int part = (int) Math.min(skipBytes, bytes.readableBytes());
    bytes.skipBytes(part);
    skipBytes -= part;
  }

  private boolean skipped(ChannelHandlerContext ctx) {
    if (skipBytes > 0) {
      return false;
    }
    Answer tooBig =
        skippedOption == Nbd.OPT_EXPORT_NAME
            ? Answer.of(Next.CLOSE)
            : Answer.error(Nbd.REP_ERR_TOO_BIG, "the option is too large");
    answer(ctx, skippedOption, CompletableFuture.completedFuture(tooBig));
    return true;
  }

  private void answer(ChannelHandlerContext ctx, int option, CompletableFuture<Answer> coming) {
    phase = Phase.ANSWERING;
    CompletableFuture<Answer> unused =
        coming.whenComplete(
            (answer, failure) -> ctx.executor().execute(() -> send(ctx, option, answer, failure)));
  }

  private void send(ChannelHandlerContext ctx, int option, Answer answer, Throwable failure) {
    if (failure != null) {
      LOG.error("NBD option {} failed", option, failure);
      close(ctx);
      return;
    }
    if (phase == Phase.OVER) {
      if (answer.volume() != null) {
        answer.volume().close();
      }
      return;
    }
    for (Reply reply : answer.replies()) {
      ChannelFuture unused =
          ctx.write(Replies.option(ctx.alloc(), option, reply.type(), reply.data()));
    }
    switch (answer.next()) {
      case HAGGLE -> whenSent(ctx, () -> haggleOn(ctx));
      case CLOSE -> whenSent(ctx, () -> close(ctx));
      case START_TLS -> whenSent(ctx, () -> startTls(ctx));
      case TRANSMIT_BARE -> {
        ChannelFuture unused = ctx.write(bareExport(ctx, answer.volume().sizeBytes()));
        transmit(ctx, answer);
      }
      default -> transmit(ctx, answer);
    }
  }

  private void whenSent(ChannelHandlerContext ctx, Runnable next) {
    ChannelFuture unused =
        ctx.writeAndFlush(ctx.alloc().buffer(0))
            .addListener(
                sent -> {
                  if (phase != Phase.OVER) {
                    next.run();
                  }
                });
  }

  private void haggleOn(ChannelHandlerContext ctx) {
    phase = Phase.OPTION;
    proceed(ctx);
    if (phase == Phase.OPTION || phase == Phase.SKIPPING) {
      ctx.read();
    }
  }

  private ByteBuf bareExport(ChannelHandlerContext ctx, long sizeBytes) {
    ByteBuf bytes =
        ctx.alloc().buffer().writeLong(sizeBytes).writeShort(Nbd.exportFlags(options.structured()));
    return noZeroes ? bytes : bytes.writeZero(EXPORT_NAME_ZERO_BYTES);
  }

  private void startTls(ChannelHandlerContext ctx) {
    if (received.isReadable()) {
      // Plain text after STARTTLS must never count as if it had come through TLS.
      close(ctx);
      return;
    }
    SSLContext context = server.tls();
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SslHandler tls = new SslHandler(engine);
    tls.setHandshakeTimeoutMillis(server.limits().handshakeTime().toMillis());
    ctx.pipeline().addFirst("tls", tls);
    phase = Phase.OPTION;
    ctx.read();
  }

  private void transmit(ChannelHandlerContext ctx, Answer answer) {
    phase = Phase.OVER;
    timeLimit.cancel(/* mayInterruptIfRunning= */ false);
    ctx.flush();
    Transmission transmission =
        new Transmission(server, answer.volume(), options.structured(), answer.withContext());
    ByteBuf rest = received;
    received = null;
    ctx.pipeline().replace(this, "transmission", transmission);
    transmission.begin(rest);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    over();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("NBD handshake with {} broke", ctx.channel().remoteAddress(), cause);
    close(ctx);
  }

  private void close(ChannelHandlerContext ctx) {
    over();
    ChannelFuture unused = ctx.close();
  }

  private void over() {
    phase = Phase.OVER;
    if (timeLimit != null) {
      timeLimit.cancel(/* mayInterruptIfRunning= */ false);
    }
    if (received != null) {
      received.release();
      received = null;
    }
  }
}
