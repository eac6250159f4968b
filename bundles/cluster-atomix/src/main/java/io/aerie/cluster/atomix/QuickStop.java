package io.aerie.cluster.atomix;

import io.atomix.cluster.messaging.impl.NettyMessagingService;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets a node's messaging stop at once. Atomix ends Netty's event loops in the default way, which
 * waits until no task came for two seconds, for users that may still send. Here all of them are
 * closed before, so there is nothing to wait for, and a node or a swapped bundle comes back so much
 * earlier. Works on the service's fields by reflection, as it has no setting for it.
 */
final class QuickStop {
  private static final List<String> GROUPS = List.of("serverGroup", "clientGroup");

  /** Closing connections takes milliseconds. */
  private static final long LIMIT_S = 5;

  private QuickStop() {}

  /** Prepares a service whose users are all closed, and that is stopped next. */
  static void prepare(NettyMessagingService messaging) {
    try {
      for (String name : GROUPS) {
        Field field = NettyMessagingService.class.getDeclaredField(name);
        field.setAccessible(true);
        Object group = field.get(messaging);
        if (group != null) {
          field.set(messaging, withoutQuiet(field.getType(), group));
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Atomix' messaging is not the one that this was written for", e);
    }
  }

  private static Object withoutQuiet(Class<?> type, Object group) throws NoSuchMethodException {
    Method shutdown = type.getMethod("shutdownGracefully", long.class, long.class, TimeUnit.class);
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          boolean byDefault =
              method.getName().equals(shutdown.getName()) && method.getParameterCount() == 0;
          try {
            return byDefault
                ? shutdown.invoke(group, 0L, LIMIT_S, TimeUnit.SECONDS)
                : method.invoke(group, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
