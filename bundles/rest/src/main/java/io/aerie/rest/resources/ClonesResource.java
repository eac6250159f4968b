package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.VolumeView;
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

/** The volumes that began as snapshots of a volume; each is a volume like others. */
@Path("/api/v1/volumes/{volume}/clones")
@Requires(Permission.VOLUMES_READ)
public final class ClonesResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public ClonesResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The volumes that began as snapshots of a volume")
  public Response list(@PathParam("volume") String volume, @BeanParam ListQuery query) {
    return Replies.json(query.page(StorageObjects.clones(storage(), volume)));
  }

  @POST
  @Requires(Permission.VOLUMES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes a volume that begins as a snapshot; its place is among the volumes")
  public Response create(
      @PathParam("volume") String volume,
      NewClone clone,
      @QueryParam("dryRun") String dryRun,
      @Context UriInfo uri) {
    Outcome<VolumeView> outcome =
        Await.result(
            storage()
                .cloneSnapshot(
                    volume,
                    Requests.required("snapshot", clone.snapshot()),
                    Requests.required("name", clone.name()),
                    Requests.dryRun(dryRun)));
    ObjectNode made = Views.of(outcome);
    return outcome.dryRun()
        ? Replies.json(made)
        : Replies.created(made, uri.getBaseUriBuilder().path(VolumesResource.class));
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * A clone to make.
   *
   * @param name of the new volume
   * @param snapshot what it begins as, by id or name
   */
  public record NewClone(String name, String snapshot) {}
}
