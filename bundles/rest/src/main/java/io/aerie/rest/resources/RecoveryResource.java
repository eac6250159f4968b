package io.aerie.rest.resources;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.StorageAdministration;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What is left where all who were complete are away. */
@Path("/api/v1/recovery")
@Requires(Permission.POOLS_READ)
public final class RecoveryResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public RecoveryResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(
      summary = "Volumes that can't be read somewhere, and which stale copies there are of them")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().recovery()));
  }

  @POST
  @Requires(Permission.POOLS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Goes on with the stale copies of a pool; what they lack is lost for good")
  public Response accept(
      Acceptance acceptance,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    String pool = Requests.required("pool", acceptance.pool());
    if (!Requests.required("acceptStale", acceptance.acceptStale())) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "Nothing is recovered without acceptStale",
          "What was written last is lost by it.",
          "Look at what would be taken first, then send true.");
    }
    return Replies.changed(
        Await.result(
            storage()
                .acceptStale(pool, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun))));
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * What is to be recovered.
   *
   * @param pool name or id
   * @param acceptStale true: the newest writes may be lost
   */
  public record Acceptance(
      @Schema(example = "default") String pool, @Schema(example = "true") Boolean acceptStale) {}
}
