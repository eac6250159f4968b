package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;

/** The snapshots of a volume. */
@Path("/api/v1/volumes/{volume}/snapshots")
@Requires(Permission.VOLUMES_READ)
public final class SnapshotsResource {
  private static final int EXTENTS_DEFAULT = 1000;

  private final Subsystems subsystems;

  /** Uses what is there. */
  public SnapshotsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The snapshots of a volume")
  public Response list(@PathParam("volume") String volume, @BeanParam ListQuery query) {
    return Replies.json(query.page(StorageObjects.snapshots(storage(), volume)));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One snapshot, by id or name")
  public Response get(@PathParam("volume") String volume, @PathParam("id") String id) {
    return Replies.object(StorageObjects.snapshot(storage(), volume, id));
  }

  @GET
  @Path("{id}/extents")
  @Operation(
      summary = "The parts of a snapshot that may have data, or that differ from another snapshot")
  public Response extents(
      @PathParam("volume") String volume,
      @PathParam("id") String id,
      @Parameter(description = "A snapshot of the same volume that it is compared with")
          @QueryParam("since")
          String since,
      @Parameter(description = "Where to begin, in bytes: 'next' of the page before")
          @QueryParam("after")
          String after,
      @Parameter(description = "At most so many extents, 1 to 10000; 1000 unless told")
          @QueryParam("limit")
          String limit) {
    long most = Requests.number("limit", limit, EXTENTS_DEFAULT);
    return Replies.json(
        Views.mapper()
            .<ObjectNode>valueToTree(
                Await.result(
                    storage()
                        .extents(
                            volume,
                            id,
                            Optional.ofNullable(since),
                            Requests.number("after", after, 0),
                            (int) Math.min(most, Integer.MAX_VALUE)))));
  }

  @POST
  @Requires(Permission.VOLUMES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Keeps what the volume holds now, while clients write on")
  public Response create(
      @PathParam("volume") String volume,
      NewSnapshot snapshot,
      @QueryParam("dryRun") String dryRun,
      @Context UriInfo uri) {
    return Replies.created(
        Await.result(
            storage()
                .createSnapshot(
                    volume, Requests.required("name", snapshot.name()), Requests.dryRun(dryRun))),
        uri);
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.VOLUMES_CHANGE)
  @Operation(summary = "Deletes a snapshot, by id or name")
  public Response delete(
      @PathParam("volume") String volume,
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .deleteSnapshot(
                    volume, id, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun))));
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * A snapshot to make.
   *
   * @param name unique among the volume's snapshots
   */
  public record NewSnapshot(String name) {}
}
