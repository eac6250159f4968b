package io.aerie.nbd.server;

import io.aerie.nbd.volume.VolumeSource;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An NBD server: listens, hands each connection to {@link Handshake} and then {@link Transmission}.
 * Netty carries the bytes, because TLS inside a connection, time limits and buffers that are pooled
 * and counted come with it; the protocol is ours.
 */
public final class NbdServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);

  /** Connections that wait to be accepted. */
  private static final int BACKLOG = 128;

  /**
   * Receive buffers, bytes: small for idle connections, large enough that a write of the usual size
   * comes in a few pieces.
   */
  private static final int RECEIVE_BYTES_MIN = 512;

  private static final int RECEIVE_BYTES_FIRST = 16 << 10;
  private static final int RECEIVE_BYTES_MAX = 256 << 10;

  private final ServerContext context;
  private final EventLoopGroup loops;
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private volatile Channel listener;

  /**
   * @param source of the volumes
   * @param limits what clients may take
   * @param tls to be offered by STARTTLS, or null for none
   * @param loops carry all connections; not closed here
   */
  public NbdServer(VolumeSource source, NbdLimits limits, SSLContext tls, EventLoopGroup loops) {
    this.context = new ServerContext(source, limits, tls, new ByteBudget(limits.serverBytesMax()));
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
    if (connections.size() >= context.limits().connectionCountMax()) {
      LOG.debug("Too many NBD connections: {} turned away", channel.remoteAddress());
      ChannelFuture unused = channel.close();
      return;
    }
    connections.add(channel);
    ChannelFuture unused = channel.closeFuture().addListener(closed -> connections.remove(channel));
    InetSocketAddress peer = channel.remoteAddress();
    String client =
        peer == null ? "nbd" : "nbd " + peer.getAddress().getHostAddress() + ":" + peer.getPort();
    channel.pipeline().addLast("handshake", new Handshake(context, client));
  }

  /** Connections that are open. */
  public int connectionCount() {
    return connections.size();
  }

  /** Payload bytes at work on all connections. */
  public long atWorkBytes() {
    return context.budget().usedBytes();
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
    Transmission transmission = connection.pipeline().get(Transmission.class);
    if (transmission == null) {
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
                context.limits().drainTime().toMillis(),
                TimeUnit.MILLISECONDS);
    transmission.stop();
  }
}
