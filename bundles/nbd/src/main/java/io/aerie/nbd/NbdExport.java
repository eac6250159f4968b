package io.aerie.nbd;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Service;
import io.aerie.config.ConfigStore;
import io.aerie.nbd.server.NbdLimits;
import io.aerie.nbd.server.NbdServer;
import io.aerie.nbd.volume.VolumeSource;
import io.aerie.storage.block.BlockVolumes;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves this node's NBD endpoint as long as the node is a member and the administrator wants it.
 * Storage and ConfigDB come and go under it.
 *
 * <pre>
 *   wanted and no server  -> listen; when that fails, again after RETRY_SECONDS
 *   not wanted and server -> close
 * </pre>
 */
@Component(
    immediate = true,
    service = {})
public final class NbdExport {
  private static final Logger LOG = LoggerFactory.getLogger(NbdExport.class);

  /** Threads carry bytes only, storage works on its own: few are enough. */
  private static final int THREAD_COUNT_MAX = 4;

  /** Pause before another attempt to listen, for example while the port is still taken. */
  private static final long RETRY_SECONDS = 1;

  /** Time for the loops to end what they are doing once all connections are closed. */
  private static final long STOP_SECONDS = 3;

  private final Endpoint endpoint;
  private final SSLContext tls;
  private final EventLoopGroup loops;
  private final VolumeSource source;
  private ExportWish wish;
  private ConfigStore store;
  private NbdServer server;
  private volatile boolean wanted = true;
  private volatile boolean stopped;
  private boolean failureReported;

  /** Starts to listen; the rest happens on the server's threads. */
  @Activate
  public NbdExport(@Reference ClusterIdentity identity) {
    endpoint = identity.self().endpoint(Service.NBD);
    tls = identity.tls() == null ? null : identity.tls().context();
    int threads =
        Math.max(2, Math.min(THREAD_COUNT_MAX, Runtime.getRuntime().availableProcessors()));
    loops = new NioEventLoopGroup(threads, new DefaultThreadFactory("nbd", /* daemon= */ true));
    source = new VolumeSource(loops, VolumeSource.PARK_TIME);
    loops.execute(this::reconcile);
  }

  /** Storage is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setVolumes(BlockVolumes volumes) {
    source.set(volumes);
  }

  /** Storage goes. */
  public void unsetVolumes(BlockVolumes volumes) {
    source.unset(volumes);
  }

  /** ConfigDB is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public synchronized void setConfig(ConfigStore config) {
    closeWish();
    store = config;
    wish = new ExportWish(config, this::want);
  }

  /** ConfigDB goes: the last wish that was known stays in force. */
  public synchronized void unsetConfig(ConfigStore config) {
    if (store == config) {
      closeWish();
      store = null;
    }
  }

  private void closeWish() {
    if (wish != null) {
      wish.close();
      wish = null;
    }
  }

  /** Takes no lock: ConfigDB may call while it holds its own, and we call it holding ours. */
  private void want(boolean enabled) {
    wanted = enabled;
    if (!stopped) {
      loops.execute(this::reconcile);
    }
  }

  private synchronized void reconcile() {
    if (stopped) {
      return;
    }
    if (wanted && server == null) {
      listen();
    } else if (!wanted && server != null) {
      server.close();
      server = null;
      LOG.info("NBD is disabled: no longer listening on {}", endpoint);
    }
  }

  private void listen() {
    NbdServer starting = new NbdServer(source, NbdLimits.DEFAULT, tls, loops);
    server = starting;
    // The endpoint's own host, never the wildcard: other networks of the node have no volumes.
    CompletableFuture<InetSocketAddress> unused =
        starting
            .listen(new InetSocketAddress(endpoint.host(), endpoint.port()))
            .whenComplete((address, failure) -> listening(starting, failure));
  }

  private synchronized void listening(NbdServer starting, Throwable failure) {
    if (failure == null) {
      failureReported = false;
      LOG.info("NBD exports volumes on {}", endpoint);
      return;
    }
    if (!failureReported) {
      failureReported = true;
      LOG.warn("NBD can't listen on {}, tries on: {}", endpoint, failure.toString());
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
  @Deactivate
  public void stop() {
    CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);
    synchronized (this) {
      stopped = true;
      closeWish();
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
