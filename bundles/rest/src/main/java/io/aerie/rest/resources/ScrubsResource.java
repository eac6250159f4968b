package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.ScrubAdministration.Control;
import io.aerie.storage.admin.ScrubAdministration.Scope;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
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

/** Scrubs: all that disks hold is looked at and repaired. */
@Path("/api/v1/scrubs")
@Requires(Permission.SCRUBS_READ)
public final class ScrubsResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public ScrubsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "Scrubs that go on, and the last that ended")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().scrubs()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One scrub")
  public Response get(@PathParam("id") String id) {
    return Replies.object(
        StorageObjects.one(storage(), "scrub", id, StorageAdministration::scrubs));
  }

  @POST
  @Requires(Permission.SCRUBS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Has a volume, a pool or everything looked at")
  public Response start(NewScrub scrub, @QueryParam("dryRun") String dryRun, @Context UriInfo uri) {
    if (scrub.volume() != null && scrub.pool() != null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "A scrub has either 'volume' or 'pool'",
          "Without both it is of everything.",
          "Send one of them, or none.");
    }
    boolean dry = Requests.dryRun(dryRun);
    Scope scope =
        scrub.volume() != null ? Scope.VOLUME : scrub.pool() != null ? Scope.POOL : Scope.ALL;
    String subject = scrub.volume() != null ? scrub.volume() : scrub.pool();
    ObjectNode made = Views.of(Await.result(storage().startScrub(scope, subject, dry)));
    return dry
        ? Replies.dryRun(
            made, "All blocks of as many volumes as volumesTotal tells would be looked at.")
        : Replies.created(made, uri);
  }

  @PATCH
  @Path("{id}")
  @Requires(Permission.SCRUBS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Holds a scrub, lets it go on or ends it")
  public Response control(
      @PathParam("id") String id,
      ScrubChange change,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    Control control = control(Requests.required("state", change.state()));
    return Replies.changed(
        Await.result(storage().controlScrub(id, control, Requests.expectedRevision(ifMatch), dry)),
        dry,
        "The scrub would be " + change.state() + ".");
  }

  private static Control control(String state) {
    return switch (state) {
      case "paused" -> Control.PAUSE;
      case "running" -> Control.RESUME;
      case "cancelled" -> Control.CANCEL;
      default ->
          throw new AerieException(
              ErrorCode.INVALID_VALUE,
              "'" + state + "' is not what a scrub can be made",
              "It is paused, running or cancelled.",
              "");
    };
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * What to look at; all when it names nothing.
   *
   * @param volume a volume, by id or name
   * @param pool or all volumes of a pool
   */
  public record NewScrub(String volume, String pool) {}

  /**
   * What is to become of it.
   *
   * @param state paused, running or cancelled
   */
  public record ScrubChange(@Schema(example = "paused") String state) {}
}
