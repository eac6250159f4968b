package io.aerie.ardfs.network;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's end of all connections. Everything but {@link #listen} and {@link #close} is called
 * on the engine's loop, and received messages arrive on it: the connections live on that loop too,
 * so a message crosses no thread between the wire and the engine.
 */
// Netty reports every failed write or close by closing the channel, which is listened to.
@SuppressWarnings("FutureReturnValueIgnored")
public final class PeerNetwork implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeerNetwork.class);

  private final Settings settings;
  private final EventLoop loop;
  private final BiConsumer<NodeId, ByteBuffer> receiver;
  private final Map<NodeId, PeerLink> links = new HashMap<>();

  /** The arithmetic of handshakes takes up to a second in a young process: beats must not wait. */
  private final ExecutorService handshakes =
      Executors.newCachedThreadPool(new DefaultThreadFactory("ardfs handshake", true));

  private Channel server;

  /**
   * What the network needs to know.
   *
   * @param cluster the cluster's id: others are refused
   * @param self who we are
   * @param encryption empty for plain TCP, for measuring what TLS costs
   * @param endpoints where a node listens, empty when it isn't known
   */
  public record Settings(
      UUID cluster,
      NodeId self,
      Optional<PeerEncryption> encryption,
      Function<NodeId, Optional<Endpoint>> endpoints) {}

  public PeerNetwork(Settings settings, EventLoop loop, BiConsumer<NodeId, ByteBuffer> receiver) {
    this.settings = settings;
    this.loop = loop;
    this.receiver = receiver;
  }

  /** Begins to listen; returns when it does. */
  public void listen(Endpoint endpoint) {
    EventLoopGroup group = loop.parent() == null ? loop : loop.parent();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 128)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    encrypt(channel, /* client= */ false);
                    channel.pipeline().addLast(new FrameReader());
                    channel.pipeline().addLast(new InboundPeer(settings, receiver));
                  }
                });
    server = bootstrap.bind(endpoint.host(), endpoint.port()).syncUninterruptibly().channel();
    log.info("between nodes: {}", settings.encryption().map(Object::toString).orElse("plain TCP"));
  }

  /** Sends a message, or drops it when the peer can't be reached or takes nothing for now. */
  public void send(NodeId to, ByteBuffer... parts) {
    if (!loop.inEventLoop()) {
      // The links know no locks: a second thread would reorder or lose messages.
      throw new IllegalStateException("messages are sent on the loop only");
    }
    links
        .computeIfAbsent(
            to, peer -> new PeerLink(settings, peer, loop, c -> encrypt(c, /* client= */ true)))
        .send(frame(parts));
  }

  private static ByteBuf frame(ByteBuffer... parts) {
    ByteBuf body = Unpooled.wrappedBuffer(parts);
    if (body.readableBytes() > Frames.BODY_BYTES_MAX) {
      throw new IllegalArgumentException("message of " + body.readableBytes() + " bytes");
    }
    ByteBuf length = Unpooled.buffer(Frames.LENGTH_BYTES).writeInt(body.readableBytes());
    return Unpooled.wrappedBuffer(length, body);
  }

  private void encrypt(SocketChannel channel, boolean client) {
    settings
        .encryption()
        .ifPresent(
            encryption ->
                channel
                    .pipeline()
                    .addLast(encryption.handler(client, channel.alloc(), handshakes)));
  }

  @Override
  public void close() {
    if (server != null) {
      server.close().syncUninterruptibly();
    }
    loop.submit(() -> links.values().forEach(PeerLink::close)).syncUninterruptibly();
    handshakes.shutdown();
    log.debug("network closed");
  }
}
