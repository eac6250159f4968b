package io.aerie.rest;

import io.aerie.face.Subsystems;
import io.aerie.face.TransferViews;
import io.aerie.rest.http.AuditFilter;
import io.aerie.rest.http.AuthenticationFilter;
import io.aerie.rest.http.BodyLimit;
import io.aerie.rest.http.CommonHeaders;
import io.aerie.rest.http.FailureMapper;
import io.aerie.rest.http.JsonBodies;
import io.aerie.rest.http.KnownParameters;
import io.aerie.rest.http.UnreadBodies;
import io.aerie.rest.resources.AlertsResource;
import io.aerie.rest.resources.AttachmentsResource;
import io.aerie.rest.resources.AuditResource;
import io.aerie.rest.resources.ClonesResource;
import io.aerie.rest.resources.ClusterResource;
import io.aerie.rest.resources.ConfigResource;
import io.aerie.rest.resources.ConfigTransactionResource;
import io.aerie.rest.resources.ConfigTransferResource;
import io.aerie.rest.resources.DisksResource;
import io.aerie.rest.resources.EventsResource;
import io.aerie.rest.resources.HealthResource;
import io.aerie.rest.resources.JobsResource;
import io.aerie.rest.resources.LdapResource;
import io.aerie.rest.resources.MembersResource;
import io.aerie.rest.resources.MetricsResource;
import io.aerie.rest.resources.NodesResource;
import io.aerie.rest.resources.OpenApiResource;
import io.aerie.rest.resources.PoolsResource;
import io.aerie.rest.resources.QuarantineResource;
import io.aerie.rest.resources.RecoveryResource;
import io.aerie.rest.resources.ReservationResource;
import io.aerie.rest.resources.ScrubsResource;
import io.aerie.rest.resources.SecurityResource;
import io.aerie.rest.resources.SnapshotsResource;
import io.aerie.rest.resources.TargetsResource;
import io.aerie.rest.resources.TokensResource;
import io.aerie.rest.resources.UpgradesResource;
import io.aerie.rest.resources.UsersResource;
import io.aerie.rest.resources.VolumesResource;
import io.aerie.rest.stream.EventStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

/** All resources and what they share, listed: nothing is found by scanning. */
final class RestApplication {
  /**
   * Jersey warns about each resource that is an object instead of a class, and uses it all the
   * same. Held, because the logging API keeps loggers weakly.
   */
  private static final Logger NOISE =
      Logger.getLogger("org.glassfish.jersey.internal.inject.Providers");

  /**
   * Jersey takes a client that goes away, or is ended, before it has its answer for a severe
   * failure: strangers would fill the log with its stacks. Answers are encoded before they are
   * written, so that a failure of input or output is always the connection's.
   */
  private static final Logger ANSWERS =
      Logger.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");

  private RestApplication() {}

  static ResourceConfig over(Subsystems subsystems) {
    return over(subsystems, EventStream.HEARTBEAT, TransferViews.FILE_BYTES_MAX);
  }

  static ResourceConfig over(Subsystems subsystems, Duration heartbeat, int fileBytesMax) {
    List<Object> resources =
        List.of(
            new ClusterResource(subsystems),
            new MembersResource(subsystems),
            new NodesResource(subsystems),
            new DisksResource(subsystems),
            new PoolsResource(subsystems),
            new VolumesResource(subsystems),
            new SnapshotsResource(subsystems),
            new ClonesResource(subsystems),
            new ReservationResource(subsystems),
            new AttachmentsResource(subsystems),
            new TargetsResource(subsystems),
            new JobsResource(subsystems),
            new AlertsResource(subsystems),
            new MetricsResource(subsystems),
            new ScrubsResource(subsystems),
            new QuarantineResource(subsystems),
            new UpgradesResource(subsystems),
            new RecoveryResource(subsystems),
            new UsersResource(subsystems),
            new LdapResource(subsystems),
            new SecurityResource(subsystems),
            new TokensResource(subsystems),
            new AuditResource(subsystems),
            new ConfigResource(subsystems),
            new ConfigTransactionResource(subsystems),
            new ConfigTransferResource(subsystems),
            new EventsResource(subsystems, heartbeat),
            new HealthResource(subsystems));
    Set<Class<?>> described = new LinkedHashSet<>();
    resources.forEach(resource -> described.add(resource.getClass()));
    described.add(OpenApiResource.class);
    NOISE.setLevel(Level.SEVERE);
    ANSWERS.setFilter(entry -> !isOfConnection(entry.getThrown()));
    ResourceConfig config = new ResourceConfig();
    resources.forEach(config::register);
    return config
        .register(OpenApiResource.describing(described))
        .register(new AuthenticationFilter(subsystems))
        .register(new AuditFilter(subsystems))
        .register(new KnownParameters())
        .register(new BodyLimit(fileBytesMax))
        .register(new UnreadBodies())
        .register(new CommonHeaders(MetricsResource.PATH))
        .register(new JsonBodies())
        .register(new FailureMapper())
        .addProperties(
            Map.of(
                ServerProperties.WADL_FEATURE_DISABLE, true,
                ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true,
                ServerProperties.PROCESSING_RESPONSE_ERRORS_ENABLED, true,
                CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true,
                CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true));
  }

  private static boolean isOfConnection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }
}
