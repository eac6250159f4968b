package io.aerie.rest.resources;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.metrics.MetricView;
import io.aerie.face.metrics.Metrics;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Variant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Figures for monitoring systems: as a list like all others, or as Prometheus reads them. */
@Path(MetricsResource.PATH)
@Requires(Permission.METRICS_READ)
public final class MetricsResource {
  /** Where it is: the one list whose form the request's Accept decides. */
  public static final String PATH = "/api/v1/metrics";

  private static final MediaType OPEN_METRICS = new MediaType("application", "openmetrics-text");
  private static final List<Variant> FORMS =
      Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, MediaType.TEXT_PLAIN_TYPE, OPEN_METRICS)
          .build();

  private final Subsystems subsystems;

  /** Uses what is there. */
  public MetricsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(
      summary =
          "The figures of the cluster and of this node, as a list; as text for Prometheus when"
              + " Accept prefers text/plain or application/openmetrics-text")
  public Response list(@BeanParam ListQuery query, @Context Request request) {
    List<MetricView> metrics = Metrics.of(subsystems);
    Variant form = request.selectVariant(FORMS);
    if (form == null || form.getMediaType().equals(MediaType.APPLICATION_JSON_TYPE)) {
      return varying(Replies.json(query.page(metrics)));
    }
    return varying(
        form.getMediaType().isCompatible(OPEN_METRICS)
            ? text(metrics, OpenMetricsTextFormatWriter.create())
            : text(metrics, PrometheusTextFormatWriter.create()));
  }

  private static Response varying(Response response) {
    response.getHeaders().putSingle(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    return response;
  }

  private static Response text(List<MetricView> metrics, ExpositionFormatWriter writer) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, MetricSnapshotViews.of(metrics));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Response.ok(text.toByteArray(), MediaType.valueOf(writer.getContentType())).build();
  }
}
