package io.aerie.ardfs.network;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a connection over which we only send: nothing is expected, a failure closes it. */
// Netty reports every failed write or close by closing the channel, which is listened to.
@SuppressWarnings("FutureReturnValueIgnored")
final class DiscardInbound extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(DiscardInbound.class);

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("connection to {} failed", context.channel().remoteAddress(), cause);
    context.close();
  }
}
