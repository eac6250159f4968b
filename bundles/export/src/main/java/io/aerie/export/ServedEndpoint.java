package io.aerie.export;

import io.aerie.cluster.identity.Endpoint;
import io.aerie.export.server.ExportServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens at this node's endpoint of an export as long as that is wanted.
 *
 * <pre>
 *   wanted and no server  -> listen; when that fails, again after RETRY_SECONDS
 *   not wanted and server -> close
 * </pre>
 */
public final class ServedEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(ServedEndpoint.class);

  /** Threads carry bytes only, storage works on its own: few are enough. */
  private static final int THREAD_COUNT_MAX = 4;

  /** Pause before another attempt to listen, for example while the port is still taken. */
  private static final long RETRY_SECONDS = 1;

  /** Time for the loops to end what they are doing once all connections are closed. */
  private static final long STOP_SECONDS = 3;

  private final Endpoint endpoint;
  private final EventLoopGroup loops;
  private ExportServer.Protocol protocol;
  private ExportServer server;
  private volatile boolean wanted = true;
  private volatile boolean stopped;
  private boolean failureReported;

  /**
   * @param loops as {@link #loops} makes them; ended by {@link #stop}
   */
  public ServedEndpoint(Endpoint endpoint, EventLoopGroup loops) {
    this.endpoint = endpoint;
    this.loops = loops;
  }

  /** Threads for an export, named after it. */
  public static EventLoopGroup loops(String name) {
    int threads =
        Math.max(2, Math.min(THREAD_COUNT_MAX, Runtime.getRuntime().availableProcessors()));
    return new NioEventLoopGroup(threads, new DefaultThreadFactory(name, /* daemon= */ true));
  }

  /** Starts to listen; that happens on the loops. */
  public synchronized void start(ExportServer.Protocol spoken) {
    protocol = spoken;
    loops.execute(this::reconcile);
  }

  /** Whether to listen. Takes no lock: ConfigDB may call while it holds its own. */
  public void want(boolean enabled) {
    wanted = enabled;
    if (!stopped) {
      loops.execute(this::reconcile);
    }
  }

  private synchronized void reconcile() {
    if (stopped || protocol == null) {
      return;
    }
    if (wanted && server == null) {
      listen();
    } else if (!wanted && server != null) {
      server.close();
      server = null;
      LOG.info("{} is disabled: no longer listening on {}", protocol.name(), endpoint);
    }
  }

  private void listen() {
    ExportServer starting = new ExportServer(protocol, loops);
    server = starting;
    // The endpoint's own host, never the wildcard: other networks of the node have no volumes.
    CompletableFuture<InetSocketAddress> unused =
        starting
            .listen(new InetSocketAddress(endpoint.host(), endpoint.port()))
            .whenComplete((address, failure) -> listening(starting, failure));
  }

  private synchronized void listening(ExportServer starting, Throwable failure) {
    if (failure == null) {
      failureReported = false;
      LOG.info("{} exports volumes on {}", protocol.name(), endpoint);
      return;
    }
    if (!failureReported) {
      failureReported = true;
      LOG.warn(
          "{} can't listen on {}, tries on: {}", protocol.name(), endpoint, failure.toString());
    }
    if (server == starting) {
      server = null;
    }
    if (!stopped) {
      io.netty.util.concurrent.Future<?> unused =
          loops.schedule(this::reconcile, RETRY_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Stops listening; requests at work end within the drain time, then the threads do. */
  public void stop() {
    CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);
    synchronized (this) {
      stopped = true;
      if (server != null) {
        drained = server.stop();
        server = null;
      }
    }
    CompletableFuture<Void> unused = drained.whenComplete((ignored, failure) -> endLoops());
  }

  private void endLoops() {
    io.netty.util.concurrent.Future<?> unused =
        loops.shutdownGracefully(/* quietPeriod= */ 0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}
