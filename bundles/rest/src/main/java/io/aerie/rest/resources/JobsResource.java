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

/** Work that goes on by itself. */
@Path("/api/v1/jobs")
@Requires(Permission.JOBS_READ)
public final class JobsResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public JobsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The jobs")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(subsystems.require(StorageAdministration.class).jobs()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One job")
  public Response get(@PathParam("id") String id) {
    return Replies.one(
        subsystems.require(StorageAdministration.class), "job", id, StorageAdministration::jobs);
  }
}
