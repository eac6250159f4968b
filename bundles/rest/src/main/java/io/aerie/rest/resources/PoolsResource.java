package io.aerie.rest.resources;

import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The pools. */
@Path("/api/v1/pools")
@Requires(Permission.POOLS_READ)
public final class PoolsResource {
  /** The pool of those who name none. */
  static final String DEFAULT = "default";

  private final Subsystems subsystems;

  /** Uses what is there. */
  public PoolsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The pools")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().pools()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One pool, by id or name")
  public Response get(@PathParam("id") String id) {
    return Replies.one(storage(), "pool", id, StorageAdministration::pools);
  }

  @POST
  @Requires(Permission.POOLS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes a pool of the disks that were added under its name")
  public Response create(NewPool pool, @QueryParam("dryRun") String dryRun, @Context UriInfo uri) {
    return Replies.created(
        Await.result(
            storage().createPool(Requests.required("name", pool.name()), Requests.dryRun(dryRun))),
        uri);
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * A pool to make.
   *
   * @param name the name under which its disks were added
   */
  public record NewPool(String name) {}
}
