package io.aerie.rest;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Service;
import io.aerie.face.TrackedSubsystems;
import io.aerie.rest.http.ConnectionGuard.Limits;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves from the time that this node is a member. All other subsystems come and go while it
 * serves; a port that is taken is tried again, since the holder may be our former self.
 */
@Component(
    service = {},
    configurationPid = "io.aerie.rest",
    immediate = true)
public final class RestComponent {
  private static final Logger logger = LoggerFactory.getLogger(RestComponent.class);
  private static final long RETRY_MS = 1_000;

  private final ClusterIdentity identity;
  private final Limits limits;
  private final TrackedSubsystems subsystems;
  private final ScheduledExecutorService starter;
  private RestServer server;

  /** Starts in the background. */
  @Activate
  public RestComponent(
      @Reference ClusterIdentity identity, BundleContext context, RestConfiguration configuration) {
    this.identity = identity;
    this.limits =
        Limits.DEFAULT
            .withConnections(
                configuration.connections_max(), configuration.connections_per_address_max())
            .withRequests(configuration.requests_per_address_max());
    this.subsystems = new TrackedSubsystems(context);
    this.starter =
        Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "rest-starter"));
    starter.execute(this::start);
  }

  private void start() {
    Endpoint endpoint = identity.self().endpoint(Service.REST);
    try {
      server = RestServer.start(endpoint, identity.restContext(), limits, subsystems);
      logger.info("REST serves at https://{}/api/v1", endpoint);
    } catch (Exception e) {
      logger.warn("REST can't serve at {}, and tries again", endpoint, e);
      retry();
    }
  }

  private void retry() {
    if (!starter.isShutdown()) {
      // The future tells no more than start itself, which logs and asks for the next attempt.
      var unused = starter.schedule(this::start, RETRY_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** Stops; the port is free when it returns. */
  @Deactivate
  public void stop() throws Exception {
    starter.shutdownNow();
    boolean ended = starter.awaitTermination(10, TimeUnit.SECONDS);
    if (!ended) {
      logger.warn("REST's start did not end in time");
    }
    try {
      if (server != null) {
        server.close();
      }
    } finally {
      subsystems.close();
    }
  }
}
