package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** What disks hold of volumes that are not known. */
@Path("/api/v1/quarantine")
@Requires(Permission.VOLUMES_READ)
public final class QuarantineResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public QuarantineResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "What disks hold of volumes that are not known, by volume")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().quarantine()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "What they hold of one, by its number")
  public Response get(@PathParam("id") String id) {
    return Replies.one("volume in quarantine", id, storage().quarantine());
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.VOLUMES_CHANGE)
  @Operation(summary = "Gives it up, by the volume's number")
  public Response forget(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    Requests.checkNoRevision(ifMatch);
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode held = Views.of(Await.result(storage().forgetQuarantined(id, dry)));
    return dry ? Replies.dryRun(held, "It would be lost.") : Replies.json(held);
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }
}
