package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.IscsiTargets;
import io.aerie.face.Subsystems;
import io.aerie.face.TargetReservations;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
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
import java.util.List;

/** The iSCSI targets; secrets go in and never come out. */
@Path("/api/v1/targets")
@Requires(Permission.TARGETS_READ)
public final class TargetsResource {
  private final IscsiTargets targets;
  private final TargetReservations reservations;

  /** Uses what is there. */
  public TargetsResource(Subsystems subsystems) {
    this.targets = new IscsiTargets(subsystems);
    this.reservations = new TargetReservations(subsystems);
  }

  @GET
  @Operation(summary = "The iSCSI targets")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(targets.list()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One iSCSI target, by name")
  public Response get(@PathParam("id") String id) {
    return Replies.object(targets.get(id));
  }

  @GET
  @Path("{id}/reservations")
  @Requires(Permission.VOLUMES_READ) // as the shell's command, and as those of one volume
  @Operation(summary = "Who has reserved volumes of an iSCSI target, or is registered with them")
  public Response reservations(@PathParam("id") String id, @BeanParam ListQuery query) {
    return Replies.json(query.page(reservations.ofTarget(id)));
  }

  @POST
  @Requires(Permission.TARGETS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes an iSCSI target")
  public Response create(
      TargetRequest target, @QueryParam("dryRun") String dryRun, @Context UriInfo uri) {
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode made =
        targets.create(
            Requests.required("name", target.name()),
            target.luns(),
            target.initiators(),
            target.chap(),
            dry);
    return dry ? Replies.json(made) : Replies.created(made, uri);
  }

  @PATCH
  @Path("{id}")
  @Requires(Permission.TARGETS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Changes the LUNs, initiators or secrets of an iSCSI target")
  public Response change(
      @PathParam("id") String id,
      TargetChange wanted,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.object(
        targets.change(
            id,
            wanted.luns(),
            wanted.initiators(),
            wanted.chap(),
            Requests.expectedRevision(ifMatch),
            Requests.dryRun(dryRun)));
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.TARGETS_CHANGE)
  @Operation(summary = "Removes an iSCSI target; its volumes stay")
  public Response delete(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.json(
        targets.delete(id, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun)));
  }

  /**
   * A target to make.
   *
   * @param luns its logical units
   * @param initiators who may use it; none: all
   * @param chap what they prove; none: nothing
   */
  public record TargetRequest(
      @Schema(example = "iqn.2026-01.org.example:disks") String name,
      List<IscsiTargets.Lun> luns,
      List<String> initiators,
      IscsiTargets.Chap chap) {}

  /** What shall be different; what is not there stays. */
  public record TargetChange(
      List<IscsiTargets.Lun> luns, List<String> initiators, IscsiTargets.Chap chap) {}
}
