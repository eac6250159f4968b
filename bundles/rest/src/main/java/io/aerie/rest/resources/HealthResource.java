package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.alerts.NodeReadiness;
import io.aerie.rest.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * Whether this node is up and serves: all its subsystems are there, and storage counts it as up.
 * Open to all, and so tells nothing but that.
 */
@Path("/api/v1/health")
@Requires(Permission.OPEN)
public final class HealthResource {
  private final Subsystems subsystems;

  /** Looks at what is there. */
  public HealthResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Requires(Permission.OPEN)
  @Operation(
      summary =
          "Whether this node is up and serves: 200, or 503 with reasons, and whether they last"
              + " until somebody does something; and warnings")
  public Response get() {
    List<HealthProblem> lasting = subsystems.healthProblems();
    List<String> reasons = NodeReadiness.reasons(subsystems);
    String node =
        subsystems.find(ClusterIdentity.class).map(id -> id.self().id().value()).orElse("");
    if (reasons.isEmpty()) {
      ObjectNode body = Views.mapper().createObjectNode().put("status", "up").put("node", node);
      body.putArray("reasons");
      addWarnings(body);
      return Replies.json(body);
    }
    ObjectNode body =
        Problem.body(
            new AerieException(
                ErrorCode.UNAVAILABLE,
                lasting.isEmpty() ? "This node does not serve yet" : "This node does not serve",
                String.join(" ", reasons),
                lasting.isEmpty()
                    ? "Wait some seconds."
                    : "The node's log tells what to do; other nodes serve."));
    body.put("node", node).put("lasting", !lasting.isEmpty());
    ArrayNode list = body.putArray("reasons");
    reasons.forEach(list::add);
    addWarnings(body);
    return Response.status(Response.Status.SERVICE_UNAVAILABLE)
        .type(Problem.MEDIA_TYPE)
        .entity(body)
        .build();
  }

  /** What needs somebody before it becomes a reason. */
  private void addWarnings(ObjectNode body) {
    ArrayNode list = body.putArray("warnings");
    subsystems.logs().stream().flatMap(log -> log.warning().stream()).forEach(list::add);
  }
}
