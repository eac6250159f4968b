package io.aerie.cluster.node;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.ConfigStore;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link NodeLife} without a container: what it publishes lands in queues. */
final class TestNode implements AutoCloseable {
  private static final Path NO_DEFAULT = Path.of("/nonexistent");

  private final BlockingQueue<NodeServices> published = new LinkedBlockingQueue<>();
  private final BlockingQueue<ClusterIdentity> withdrawn = new LinkedBlockingQueue<>();
  private final NodeLife life;

  TestNode(Clock clock) {
    life =
        new NodeLife(
            services -> {
              published.add(services);
              return () -> withdrawn.add(services.identity());
            },
            clock,
            new SecureRandom());
  }

  void configure(Map<String, String> values) {
    life.configure(settings(values));
  }

  void useStore(ConfigStore store) {
    life.useStore(Optional.of(store));
  }

  NodeServices awaitPublished() throws InterruptedException {
    NodeServices services = published.poll(30, TimeUnit.SECONDS);
    if (services == null) {
      throw new AssertionError("the node did not become a member in time");
    }
    return services;
  }

  ClusterIdentity awaitWithdrawn() throws InterruptedException {
    return withdrawn.poll(30, TimeUnit.SECONDS);
  }

  boolean isPublished() {
    return !published.isEmpty();
  }

  @Override
  public void close() {
    life.close();
  }

  static NodeSettings settings(Map<String, String> values) {
    return NodeSettings.of(configuration(values), NO_DEFAULT);
  }

  /** A free port of the loopback, free at least a moment ago. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** As Declarative Services makes it: an underscore in a method's name is a dot in the key. */
  private static NodeConfiguration configuration(Map<String, String> values) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          String value = values.get(method.getName().replace('_', '.'));
          return value == null ? method.getDefaultValue() : value;
        };
    return (NodeConfiguration)
        Proxy.newProxyInstance(
            NodeConfiguration.class.getClassLoader(),
            new Class<?>[] {NodeConfiguration.class},
            handler);
  }
}
