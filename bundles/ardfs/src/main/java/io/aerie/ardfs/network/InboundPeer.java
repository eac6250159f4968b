package io.aerie.ardfs.network;

import io.aerie.base.NodeId;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a connection over which a peer sends to us: a hello that fits, then messages. */
// Netty reports every failed write or close by closing the channel, which is listened to.
@SuppressWarnings("FutureReturnValueIgnored")
final class InboundPeer extends SimpleChannelInboundHandler<ByteBuffer> {
  private static final Logger log = LoggerFactory.getLogger(InboundPeer.class);

  private final PeerNetwork.Settings settings;
  private final BiConsumer<NodeId, ByteBuffer> receiver;
  private NodeId peer;

  InboundPeer(PeerNetwork.Settings settings, BiConsumer<NodeId, ByteBuffer> receiver) {
    this.settings = settings;
    this.receiver = receiver;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuffer frame) {
    if (peer == null) {
      greet(context, frame);
    } else {
      receiver.accept(peer, frame);
    }
  }

  private void greet(ChannelHandlerContext context, ByteBuffer frame) {
    Optional<Hello> hello = Hello.decode(Unpooled.wrappedBuffer(frame));
    Optional<String> refusal = refusal(context, hello);
    if (refusal.isPresent()) {
      log.warn("{} is refused: {}", context.channel().remoteAddress(), refusal.get());
      context.close();
      return;
    }
    peer = hello.orElseThrow().node();
  }

  private Optional<String> refusal(ChannelHandlerContext context, Optional<Hello> hello) {
    if (hello.isEmpty()) {
      return Optional.of("it does not speak the storage protocol");
    }
    if (hello.get().version() != Hello.VERSION) {
      return Optional.of(
          "it speaks version " + hello.get().version() + ", this node " + Hello.VERSION);
    }
    if (!hello.get().cluster().equals(settings.cluster())) {
      return Optional.of("it belongs to cluster " + hello.get().cluster());
    }
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls != null && !PeerCertificates.names(tls.engine(), hello.get().node())) {
      return Optional.of("its certificate does not name " + hello.get().node());
    }
    return Optional.empty();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.info("connection from {} ends: {}", context.channel().remoteAddress(), cause.toString());
    context.close();
  }
}
