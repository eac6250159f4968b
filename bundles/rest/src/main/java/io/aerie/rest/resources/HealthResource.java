package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.Problem;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether this node is up and serves: all its subsystems are there, and storage counts it as up.
 * Open to all, and so tells nothing but that.
 */
@Path("/api/v1/health")
@Requires(Permission.OPEN)
public final class HealthResource {
  private static final List<Class<?>> NEEDED =
      List.of(
          ClusterIdentity.class,
          Membership.class,
          ClusterAdmission.class,
          ConfigStore.class,
          UserDirectory.class,
          StorageAdministration.class);

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
    List<String> reasons = reasons(lasting);
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

  /** Names no files: anybody may ask. */
  private List<String> reasons(List<HealthProblem> lasting) {
    List<String> reasons = new ArrayList<>();
    lasting.forEach(
        problem ->
            reasons.add(
                problem.subsystem()
                    + " stays away from this node: "
                    + problem.problem().code().code()
                    + "."));
    for (NamedLog log : subsystems.logs()) {
      if (gaveUp(log.log().status())) {
        reasons.add("The replica of the log '" + log.name() + "' has stopped.");
      }
    }
    for (Class<?> type : NEEDED) {
      if (subsystems.find(type).isEmpty()) {
        reasons.add("Not available: " + Subsystems.nameOf(type) + ".");
      }
    }
    if (reasons.isEmpty() && !upInStorage()) {
      reasons.add("Storage does not count this node as up.");
    }
    return reasons;
  }

  /** One whose provider is being exchanged has none. */
  private static boolean gaveUp(LogStatus status) {
    return status.role() == Role.CLOSED && !status.provider().isEmpty();
  }

  private boolean upInStorage() {
    var self = subsystems.require(ClusterIdentity.class).self().id();
    return subsystems.require(StorageAdministration.class).nodes().stream()
        .anyMatch(node -> node.id().equals(self) && node.state().equals("up"));
  }
}
