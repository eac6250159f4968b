package io.atomix.cluster.messaging.impl;

import io.atomix.utils.net.Address;
import io.netty.channel.Channel;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Mends a defect of {@link NettyMessagingService} 3.1.12: a connection whose handshake neither
 * succeeds nor throws (the peer is frozen, or closes in the middle of TLS) leaves a future in the
 * connection pool that never completes, and every later message of that kind to that member waits
 * behind it for ever. Here opening a connection ends after a time limit, whatever the peer does.
 * The class lives in Atomix' package because the pool is visible only there.
 */
public final class ConnectTimeLimit {
  private ConnectTimeLimit() {}

  /** Replaces the pool of a service that wasn't started yet. */
  public static void apply(NettyMessagingService messaging, int poolSize, Duration limit)
      throws ReflectiveOperationException {
    Method openChannel =
        NettyMessagingService.class.getDeclaredMethod("openChannel", Address.class);
    openChannel.setAccessible(true);
    Field pool = NettyMessagingService.class.getDeclaredField("channelPool");
    pool.setAccessible(true);
    pool.set(
        messaging,
        new ChannelPool(address -> open(openChannel, messaging, address, limit), poolSize));
  }

  private static CompletableFuture<Channel> open(
      Method openChannel, NettyMessagingService messaging, Address address, Duration limit) {
    CompletableFuture<Channel> limited = new CompletableFuture<>();
    try {
      @SuppressWarnings("unchecked")
      CompletableFuture<Channel> opening =
          (CompletableFuture<Channel>) openChannel.invoke(messaging, address);
      CompletableFuture<Channel> unused =
          opening.whenComplete(
              (channel, error) -> {
                if (error != null) {
                  limited.completeExceptionally(error);
                } else if (!limited.complete(channel)) {
                  // too late: nobody will ever use it
                  var unusedClose = channel.close();
                }
              });
    } catch (InvocationTargetException e) {
      limited.completeExceptionally(e.getCause());
    } catch (IllegalAccessException e) {
      limited.completeExceptionally(e);
    }
    return limited.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
