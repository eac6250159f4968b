package io.aerie.rest.resources;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.BalancePolicy;
import io.aerie.storage.admin.FailureDomain;
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
import java.util.OptionalLong;

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
            storage()
                .createPool(
                    Requests.required("name", pool.name()),
                    pool.failureDomain() == null
                        ? FailureDomain.NODE
                        : FailureDomain.parse(pool.failureDomain()),
                    Requests.dryRun(dryRun))),
        uri);
  }

  @PATCH
  @Path("{id}")
  @Requires(Permission.POOLS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      summary =
          "Has a pool keep copies in domains of another level, or rebalanced by itself or not")
  public Response change(
      @PathParam("id") String id,
      PoolChange change,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    OptionalLong expected = Requests.expectedRevision(ifMatch);
    if (change.rebalance() == null) {
      FailureDomain level =
          FailureDomain.parse(Requests.required("failureDomain", change.failureDomain()));
      return Replies.changed(
          Await.result(storage().spreadPool(id, level, expected, dry)),
          dry,
          "All volumes that there are lie so.");
    }
    if (change.failureDomain() != null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "failureDomain and rebalance are changed one at a time",
          "Either could be refused when the other is done.",
          "Send two requests.");
    }
    BalancePolicy policy = BalancePolicy.parse(change.rebalance());
    return Replies.changed(
        Await.result(storage().chooseBalance(id, policy, expected, dry)),
        dry,
        "The pool would be rebalanced by itself, or only when it is asked for.");
  }

  @POST
  @Path("{id}:rebalance")
  @Requires(Permission.POOLS_CHANGE)
  @Operation(summary = "Moves what makes the shares of a pool's disks equal, or calls that off")
  public Response rebalance(
      @PathParam("id") String id,
      @QueryParam("cancel") String cancel,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .rebalancePool(
                    id,
                    Requests.flag("cancel", cancel),
                    Requests.expectedRevision(ifMatch),
                    Requests.dryRun(dryRun))));
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * A pool to make.
   *
   * @param name the name under which its disks were added
   * @param failureDomain {@code disk}, {@code node}, {@code rack} or {@code site}; {@code node}
   *     unless told
   */
  public record NewPool(String name, @Schema(example = "node") String failureDomain) {}

  /**
   * What of a pool is to be another, one of the two.
   *
   * @param failureDomain as of {@link NewPool}
   * @param rebalance {@code automatic} or {@code manual}
   */
  public record PoolChange(
      @Schema(example = "rack") String failureDomain,
      @Schema(example = "manual") String rebalance) {}
}
