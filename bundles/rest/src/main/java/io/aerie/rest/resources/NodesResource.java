package io.aerie.rest.resources;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

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
    return Replies.json(query.page(subsystems.require(StorageAdministration.class).nodes()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One node")
  public Response get(@PathParam("id") String id) {
    return Replies.one(
        subsystems.require(StorageAdministration.class), "node", id, StorageAdministration::nodes);
  }
}
