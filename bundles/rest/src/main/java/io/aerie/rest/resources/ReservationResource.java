package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** What initiators have reserved of a volume. */
@Path("/api/v1/volumes/{volume}/reservation")
@Requires(Permission.VOLUMES_READ)
public final class ReservationResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public ReservationResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "Who has reserved a volume, and who is registered with it")
  public Response get(@PathParam("volume") String volume) {
    return Replies.object(Views.of(Await.result(storage().reservation(volume))));
  }

  @DELETE
  @Requires(Permission.VOLUMES_CHANGE)
  @Operation(summary = "Clears it with all registrations, of who has it open by force only")
  public Response clear(
      @PathParam("volume") String volume,
      @QueryParam("force") String force,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode cleared =
        Views.of(
            Await.result(
                storage()
                    .clearReservation(
                        volume,
                        Requests.flag("force", force),
                        Requests.expectedRevision(ifMatch),
                        dry)));
    return dry ? Replies.dryRun(cleared, "All of this would be forgotten.") : Replies.json(cleared);
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }
}
