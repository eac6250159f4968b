package io.atomix.cluster.messaging.impl;

import io.atomix.cluster.messaging.MessagingService;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import io.netty.handler.ssl.util.TrustManagerFactoryWrapper;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * Lets {@link NettyMessagingService} 3.1.12 use key and trust managers that follow a change of
 * certificates. Its own start reads them from files, once for all, in a private method between
 * others; so its steps are done here, in its order. The class lives in Atomix' package because some
 * of what a start makes is visible only there.
 */
public final class LiveTls {
  private static final int TIMEOUT_THREADS = 4;

  private LiveTls() {}

  /** Does what {@link NettyMessagingService#start} does; the service's own TLS must be off. */
  public static CompletableFuture<MessagingService> start(
      NettyMessagingService messaging, KeyManager keys, TrustManager trust)
      throws ReflectiveOperationException {
    messaging.keyManager = new KeyManagerFactoryWrapper(keys);
    messaging.trustManager = new TrustManagerFactoryWrapper(trust);
    messaging.enableNettyTls = true;
    call(messaging, "initEventLoopGroup");
    CompletableFuture<?> bound = (CompletableFuture<?>) call(messaging, "bootstrapServer");
    Field timeouts = field("timeoutExecutor");
    Field local = field("localConnection");
    Field handlers = field("handlers");
    AtomicBoolean started = (AtomicBoolean) field("started").get(messaging);
    return bound.thenApply(
        done -> {
          try {
            var executor =
                Executors.newScheduledThreadPool(
                    TIMEOUT_THREADS, task -> new Thread(task, "netty-messaging-timeout"));
            timeouts.set(messaging, executor);
            local.set(
                messaging,
                new LocalClientConnection(executor, (HandlerRegistry) handlers.get(messaging)));
            started.set(true);
            return messaging;
          } catch (IllegalAccessException e) {
            throw new IllegalStateException("a field that was opened is closed", e);
          }
        });
  }

  private static Field field(String name) throws NoSuchFieldException {
    Field field = NettyMessagingService.class.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static Object call(NettyMessagingService messaging, String name)
      throws ReflectiveOperationException {
    Method method = NettyMessagingService.class.getDeclaredMethod(name);
    method.setAccessible(true);
    try {
      return method.invoke(messaging);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
