package io.aerie.cluster.atomix;

import io.aerie.base.Causes;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.event.EventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts this node's share in the cluster as soon as the node is a member of one, and registers
 * {@link Membership}, {@link Messages} and {@link ReplicatedLogProvider} when it listens.
 *
 * <pre>
 *   starting --listens--> registered --deactivated--> stopped
 *      ^  '--fails--> waiting --1 s--'
 * </pre>
 */
@Component(
    immediate = true,
    service = {})
public final class AtomixCluster {
  private static final Logger log = LoggerFactory.getLogger(AtomixCluster.class);

  private static final long RETRY_MS = 1000;

  /** Netty waits two seconds for late tasks; the port is free before. */
  private static final long STOP_LIMIT_MS = 5000;

  private final BundleContext context;
  private final ClusterIdentity identity;
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
  private ClusterNode node;
  private boolean stopped;

  /** Returns at once; the rest happens on another thread. */
  @Activate
  public AtomixCluster(BundleContext context, @Reference ClusterIdentity identity) {
    this.context = context;
    this.identity = identity;
    CompletableFuture<Void> unused = CompletableFuture.runAsync(this::start);
  }

  private void start() {
    ClusterNode starting;
    synchronized (this) {
      if (stopped) {
        return;
      }
      try {
        starting = new ClusterNode(identity);
      } catch (RuntimeException e) {
        log.error("The cluster's membership can't start", e);
        return;
      }
      node = starting;
    }
    CompletableFuture<Void> unused =
        starting
            .start()
            .whenComplete(
                (started, error) -> {
                  if (error == null) {
                    register(starting);
                  } else {
                    retry(starting, Causes.of(error));
                  }
                });
  }

  /** The port may still be that of this bundle's former version. */
  private void retry(ClusterNode failed, Throwable error) {
    log.warn("The cluster's messaging could not start, another try follows", error);
    CompletableFuture<Void> unused =
        failed
            .stop()
            .whenCompleteAsync(
                (done, ignored) -> start(),
                CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS));
  }

  private synchronized void register(ClusterNode started) {
    if (stopped) {
      return;
    }
    registrations.add(context.registerService(Membership.class, started.membership(), null));
    registrations.add(
        context.registerService(EventSource.class, new MemberEvents(started.membership()), null));
    registrations.add(context.registerService(Messages.class, started.messages(), null));
    registrations.add(
        context.registerService(
            ReplicatedLogProvider.class,
            started.logs(),
            FrameworkUtil.asDictionary(Map.of(ReplicatedLogProvider.PROVIDER, "atomix"))));
    log.info("{} takes part in the cluster {}", identity.self().id(), identity.clusterId());
  }

  /** Unregisters, then waits for the port to be free. */
  @Deactivate
  public void stop() {
    ClusterNode running;
    synchronized (this) {
      stopped = true;
      running = node;
    }
    registrations.forEach(ServiceRegistration::unregister);
    if (running == null) {
      return;
    }
    try {
      running.stop().get(STOP_LIMIT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("The cluster's messaging did not stop cleanly", e);
    }
  }
}
