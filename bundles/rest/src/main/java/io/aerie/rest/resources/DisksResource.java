package io.aerie.rest.resources;

import io.aerie.face.Await;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The disks of all nodes; a disk is added on its own node. */
@Path("/api/v1/disks")
@Requires(Permission.DISKS_READ)
public final class DisksResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public DisksResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The disks")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().disks()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One disk, by id or name")
  public Response get(@PathParam("id") String id) {
    return Replies.one(storage(), "disk", id, StorageAdministration::disks);
  }

  @POST
  @Requires(Permission.DISKS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Formats a disk of this node and adds it to a pool")
  public Response add(NewDisk disk, @QueryParam("dryRun") String dryRun, @Context UriInfo uri) {
    return Replies.created(
        Await.result(
            storage()
                .addDisk(
                    Requests.required("path", disk.path()),
                    disk.pool() == null ? PoolsResource.DEFAULT : disk.pool(),
                    Boolean.TRUE.equals(disk.force()),
                    Requests.dryRun(dryRun))),
        uri);
  }

  @POST
  @Path("{id}:drain")
  @Requires(Permission.DISKS_CHANGE)
  @Operation(summary = "Moves all that a disk has to others, or calls that off")
  public Response drain(
      @PathParam("id") String id,
      @QueryParam("cancel") String cancel,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .drainDisk(
                    id,
                    Requests.flag("cancel", cancel),
                    Requests.expectedRevision(ifMatch),
                    Requests.dryRun(dryRun))));
  }

  @POST
  @Path("{id}:fail")
  @Requires(Permission.DISKS_CHANGE)
  @Operation(summary = "Gives up a disk that is away: others take the place of its members")
  public Response fail(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage().failDisk(id, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun))));
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.DISKS_CHANGE)
  @Operation(summary = "Takes a disk out of the cluster that was drained or given up")
  public Response remove(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage().removeDisk(id, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun))));
  }

  @PATCH
  @Path("{id}")
  @Requires(Permission.DISKS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Says how fast a disk is, by id")
  public Response measure(
      @PathParam("id") String id,
      DiskChange change,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    return Replies.changed(
        Await.result(
            storage()
                .measureDisk(
                    id,
                    Requests.required("speedPercent", change.speedPercent()),
                    Requests.expectedRevision(ifMatch),
                    dry)),
        dry,
        "Groups that are made from then on would heed it.");
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * A disk to format.
   *
   * @param path block device or file on this node
   * @param pool the pool, {@code default} unless told
   * @param force take it even if it holds something
   */
  public record NewDisk(String path, String pool, Boolean force) {}

  /**
   * What of a disk is to be another.
   *
   * @param speedPercent how fast it is, 100 as its peers
   */
  public record DiskChange(Integer speedPercent) {}
}
