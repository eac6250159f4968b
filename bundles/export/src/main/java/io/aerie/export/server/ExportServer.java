package io.aerie.export.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, hands each connection to its protocol, and stops without cutting off what is at work.
 * Netty carries the bytes, because TLS inside a connection, time limits and buffers that are pooled
 * and counted come with it; the protocols are ours.
 */
public final class ExportServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExportServer.class);

  /** Connections that wait to be accepted. */
  private static final int BACKLOG = 128;

  /**
   * Receive buffers, bytes: small for idle connections, large enough that a write of the usual size
   * comes in a few pieces.
   */
  private static final int RECEIVE_BYTES_MIN = 512;

  private static final int RECEIVE_BYTES_FIRST = 16 << 10;
  private static final int RECEIVE_BYTES_MAX = 256 << 10;

  private final Protocol protocol;
  private final EventLoopGroup loops;
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private volatile Channel listener;

  /** What is spoken on the connections. */
  public interface Protocol {
    /** Its name, lower case, for lists and logs. */
    String name();

    /** Connections at once; further ones are closed at once. */
    int connectionCountMax();

    /** How long a server that stops waits for what is at work. */
    Duration drainTime();

    /**
     * A connection begins. Adds the first handler. On the event loop; nothing is read before the
     * handler asks for it.
     *
     * @param client who, for lists and logs: {@code nbd 127.0.0.1:40212}
     */
    void begin(Channel channel, String client);

    /**
     * The server stops: answers what is at work, then closes. On the event loop.
     *
     * @return false when nothing is at work and the channel can be closed
     */
    boolean drain(Channel channel);

    /** Bytes that wait to be sent before a channel counts as full, and no longer does. */
    default WriteBufferWaterMark waterMark() {
      return WriteBufferWaterMark.DEFAULT;
    }
  }

  /**
   * @param loops carry all connections; not closed here
   */
  public ExportServer(Protocol protocol, EventLoopGroup loops) {
    this.protocol = protocol;
    this.loops = loops;
  }

  /** Listens; completes with the address, whose port was chosen if 0 was given. Call once. */
  public CompletableFuture<InetSocketAddress> listen(InetSocketAddress address) {
    CompletableFuture<InetSocketAddress> listening = new CompletableFuture<>();
    ChannelFuture binding =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, protocol.waterMark())
            .childOption(
                ChannelOption.RCVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(
                    RECEIVE_BYTES_MIN, RECEIVE_BYTES_FIRST, RECEIVE_BYTES_MAX))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel);
                  }
                })
            .bind(address);
    listener = binding.channel();
    ChannelFuture unused =
        binding.addListener(
            done -> {
              if (done.isSuccess()) {
                listening.complete((InetSocketAddress) binding.channel().localAddress());
              } else {
                listening.completeExceptionally(done.cause());
              }
            });
    return listening;
  }

  private void accept(SocketChannel channel) {
    if (connections.size() >= protocol.connectionCountMax()) {
      LOG.debug(
          "Too many {} connections: {} turned away", protocol.name(), channel.remoteAddress());
      ChannelFuture unused = channel.close();
      return;
    }
    connections.add(channel);
    ChannelFuture unused = channel.closeFuture().addListener(closed -> connections.remove(channel));
    InetSocketAddress peer = channel.remoteAddress();
    String client =
        peer == null
            ? protocol.name()
            : protocol.name() + " " + peer.getAddress().getHostAddress() + ":" + peer.getPort();
    protocol.begin(channel, client);
  }

  /** Connections that are open. */
  public int connectionCount() {
    return connections.size();
  }

  /** Stops as {@link #stop} does, without telling when that is over. */
  @Override
  public void close() {
    CompletableFuture<Void> unused = stop();
  }

  /**
   * Stops: listens no longer at once, lets connections finish what is at work, and cuts off what is
   * left after the drain time. Complete when nothing is open any more.
   */
  public CompletableFuture<Void> stop() {
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    Channel listening = listener;
    if (listening != null) {
      closing.add(closed(listening));
      ChannelFuture unused = listening.close();
    }
    for (Channel connection : connections) {
      closing.add(closed(connection));
      connection.eventLoop().execute(() -> stop(connection));
    }
    return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new));
  }

  private static CompletableFuture<Void> closed(Channel channel) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    ChannelFuture unused = channel.closeFuture().addListener(done -> closed.complete(null));
    return closed;
  }

  private void stop(Channel connection) {
    if (!protocol.drain(connection)) {
      ChannelFuture unused = connection.close();
      return;
    }
    io.netty.util.concurrent.Future<?> unused =
        connection
            .eventLoop()
            .schedule(
                () -> {
                  ChannelFuture unusedClose = connection.close();
                },
                protocol.drainTime().toMillis(),
                TimeUnit.MILLISECONDS);
  }
}
