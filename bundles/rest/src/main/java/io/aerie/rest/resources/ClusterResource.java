package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterAdmission.JoinToken;
import io.aerie.face.ClusterSummary;
import io.aerie.face.Subsystems;
import io.aerie.face.TokenValidity;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.Callers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;

/** The cluster, and tokens for new nodes. */
@Path("/api/v1/cluster")
@Requires(Permission.CLUSTER_READ)
public final class ClusterResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public ClusterResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The cluster, its members and logs as this node sees them")
  public Response get() {
    return Replies.object(ClusterSummary.of(subsystems));
  }

  @POST
  @Path("tokens")
  @Requires(Permission.MEMBERSHIP_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes a token that lets one new node join")
  public Response issueToken(
      NewToken wanted, @QueryParam("dryRun") String dryRun, @Context SecurityContext security) {
    // who joins is given the CA's key, which makes nodes for good
    Callers.of(security).requirePassword();
    Duration validity = TokenValidity.parse(wanted.validity());
    ClusterAdmission admission = subsystems.require(ClusterAdmission.class);
    if (Requests.dryRun(dryRun)) {
      return Replies.dryRun(
          Views.mapper().createObjectNode(),
          "A token for one node would be made that is valid for " + validity.toSeconds() + " s.");
    }
    JoinToken token = admission.issueToken(validity);
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("token", token.text())
            .put("expires", token.expires().toString());
    return Response.status(Response.Status.CREATED)
        .type(MediaType.APPLICATION_JSON)
        .entity(node)
        .build();
  }

  /**
   * A token to make.
   *
   * @param validity {@code 30m}, {@code 1h}; 1 hour unless told, at most 24
   */
  public record NewToken(@Schema(example = "1h") String validity) {}
}
