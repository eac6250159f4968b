package io.aerie.rest.resources;

import io.aerie.face.Await;
import io.aerie.face.NodeDeparture;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** The nodes in the eyes of storage; {@code cluster/members} has their endpoints. */
@Path("/api/v1/nodes")
@Requires(Permission.NODES_READ)
public final class NodesResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public NodesResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The nodes")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().nodes()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One node")
  public Response get(@PathParam("id") String id) {
    return Replies.one(storage(), "node", id, StorageAdministration::nodes);
  }

  @POST
  @Path("{id}:drain")
  @Requires(Permission.DISKS_CHANGE)
  @Operation(summary = "Moves all that a node's disks have to others, or calls that off")
  public Response drain(
      @PathParam("id") String id,
      @QueryParam("cancel") String cancel,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .drainNode(
                    id,
                    Requests.flag("cancel", cancel),
                    Requests.expectedRevision(ifMatch),
                    Requests.dryRun(dryRun))));
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.MEMBERSHIP_CHANGE)
  @Operation(summary = "Takes a node without disks out of the cluster for good")
  public Response remove(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.json(
        NodeDeparture.remove(
            subsystems, id, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun)));
  }

  @PATCH
  @Path("{id}")
  @Requires(Permission.NODES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Says in which rack and site a node stands; what is not sent stays")
  public Response locate(
      @PathParam("id") String id,
      NodeChange change,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    return Replies.changed(
        Await.result(
            storage()
                .locateNode(
                    id,
                    Optional.ofNullable(change.rack()),
                    Optional.ofNullable(change.site()),
                    Requests.expectedRevision(ifMatch),
                    dry)),
        dry,
        "The node would be known to stand there.");
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * Where a node stands.
   *
   * @param rack its rack; empty when it is not known any more
   * @param site the site of its rack; likewise
   */
  public record NodeChange(String rack, String site) {}
}
