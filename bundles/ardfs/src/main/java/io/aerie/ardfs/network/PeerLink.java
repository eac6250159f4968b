package io.aerie.ardfs.network;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection over which we send to one peer, made when there is something to send and made
 * again when it breaks.
 *
 * <pre>
 *   IDLE --send--> CONNECTING --tcp, tls, hello--> OPEN --broken--> IDLE
 *                      |                                             ^
 *                      +--failed--> WAITING --100 ms-----------------+
 * </pre>
 */
// Netty reports every failed write or close by closing the channel, which is listened to.
@SuppressWarnings("FutureReturnValueIgnored")
final class PeerLink {
  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  /**
   * Beyond this a peer is so far behind that more would only grow: the engine's credits keep what
   * is in flight to a peer well below.
   */
  private static final int UNSENT_BYTES_MAX = 64 * 1024 * 1024;

  private static final int QUEUED_MESSAGES_MAX = 1024;
  private static final int CONNECT_TIMEOUT_MILLIS = 1000;
  private static final long RETRY_MILLIS = 100;

  private enum State {
    IDLE,
    CONNECTING,
    OPEN,
    WAITING,
    CLOSED
  }

  private final PeerNetwork.Settings settings;
  private final NodeId peer;
  private final EventLoop loop;
  private final Consumer<SocketChannel> encryption;
  private final ArrayDeque<ByteBuf> queued = new ArrayDeque<>();
  private State state = State.IDLE;
  private Channel channel;
  private boolean flushScheduled;
  private boolean failureLogged;

  PeerLink(
      PeerNetwork.Settings settings,
      NodeId peer,
      EventLoop loop,
      Consumer<SocketChannel> encryption) {
    this.settings = settings;
    this.peer = peer;
    this.loop = loop;
    this.encryption = encryption;
  }

  void send(ByteBuf frame) {
    switch (state) {
      case OPEN -> write(frame);
      case IDLE -> {
        queued.add(frame);
        connect();
      }
      case CONNECTING -> {
        if (queued.size() < QUEUED_MESSAGES_MAX) {
          queued.add(frame);
        } else {
          frame.release();
        }
      }
      default -> frame.release();
    }
  }

  private void write(ByteBuf frame) {
    if (!channel.isWritable()) {
      log.warn("{} takes nothing: a message is dropped", peer);
      frame.release();
      return;
    }
    channel.write(frame, channel.voidPromise());
    if (!flushScheduled) {
      // One flush for all that the engine sends in this turn of the loop.
      flushScheduled = true;
      loop.execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    if (channel != null) {
      channel.flush();
    }
  }

  private void connect() {
    Optional<Endpoint> endpoint = settings.endpoints().apply(peer);
    if (endpoint.isEmpty()) {
      failed(new IllegalStateException("its address is not known"));
      return;
    }
    state = State.CONNECTING;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(UNSENT_BYTES_MAX / 2, UNSENT_BYTES_MAX))
            .handler(new Initializer());
    bootstrap
        .connect(endpoint.get().host(), endpoint.get().port())
        .addListener((ChannelFuture connected) -> connected(connected));
  }

  private void connected(ChannelFuture connected) {
    if (!connected.isSuccess()) {
      failed(connected.cause());
      return;
    }
    SslHandler tls = connected.channel().pipeline().get(SslHandler.class);
    if (tls == null) {
      opened(connected.channel());
      return;
    }
    tls.handshakeFuture()
        .addListener(
            handshake -> {
              if (!handshake.isSuccess()) {
                connected.channel().close();
                failed(handshake.cause());
              } else if (!PeerCertificates.names(tls.engine(), peer)) {
                connected.channel().close();
                failed(new IllegalStateException("its certificate names another node"));
              } else {
                opened(connected.channel());
              }
            });
  }

  private void opened(Channel opened) {
    if (state == State.CLOSED) {
      opened.close();
      return;
    }
    channel = opened;
    state = State.OPEN;
    failureLogged = false;
    ByteBuf hello = new Hello(Hello.VERSION, settings.cluster(), settings.self()).encode();
    channel.write(
        Unpooled.wrappedBuffer(
            Unpooled.buffer(Frames.LENGTH_BYTES).writeInt(hello.readableBytes()), hello),
        channel.voidPromise());
    channel.closeFuture().addListener(closed -> broken(opened));
    for (ByteBuf frame = queued.poll(); frame != null; frame = queued.poll()) {
      write(frame);
    }
    channel.flush();
  }

  private void broken(Channel closed) {
    if (channel == closed && state == State.OPEN) {
      log.info("connection to {} ended", peer);
      channel = null;
      state = State.IDLE;
    }
  }

  private void failed(Throwable cause) {
    if (state == State.CLOSED) {
      return;
    }
    if (!failureLogged) {
      failureLogged = true;
      log.info("no connection to {}: {}", peer, cause.toString());
    }
    releaseQueued();
    state = State.WAITING;
    loop.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void retry() {
    if (state == State.WAITING) {
      state = State.IDLE;
    }
  }

  private void releaseQueued() {
    queued.forEach(ByteBuf::release);
    queued.clear();
  }

  void close() {
    state = State.CLOSED;
    releaseQueued();
    if (channel != null) {
      channel.close();
    }
  }

  private final class Initializer extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel socket) {
      encryption.accept(socket);
      socket.pipeline().addLast(new DiscardInbound());
    }
  }
}
