package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.LargeBody;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
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
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Upgrade packages, and the upgrade of the cluster. */
@Path("/api/v1")
@Requires(Permission.UPGRADES_READ)
public final class UpgradesResource {
  /** Nodes ask each other, and each verifies the package anew. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String FILE_TYPE = "application/octet-stream";
  private static final long FILE_BYTES_MAX = 1L << 30;

  private final Subsystems subsystems;
  private final OneFile file =
      new OneFile(
          "This node takes an upgrade package already",
          "It takes one at a time.",
          "Wait for that one, or send it to another node.");

  /** Uses what is there. */
  public UpgradesResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Path("upgrades")
  @Operation(summary = "Upgrade packages, and which nodes have each")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(packages()));
  }

  @POST
  @Path("upgrades")
  @Requires(Permission.UPGRADES_CHANGE)
  @Consumes(FILE_TYPE)
  @LargeBody(value = FILE_TYPE, bytesMax = FILE_BYTES_MAX)
  @Operation(
      summary = "Verifies an upgrade package, keeps it and has all nodes fetch it",
      requestBody =
          @RequestBody(
              description = "The package",
              required = true,
              content =
                  @Content(
                      mediaType = FILE_TYPE,
                      schema = @Schema(type = "string", format = "binary"))))
  public Response upload(
      @Parameter(hidden = true) InputStream content,
      @QueryParam("dryRun") String dryRun,
      @Context UriInfo uri) {
    boolean dry = Requests.dryRun(dryRun);
    return file.take(
        () ->
            dry
                ? Replies.dryRun(Views.of(upgrades().check(content)), "The package would be kept.")
                : Replies.created(Views.of(Await.result(upgrades().upload(content), LIMIT)), uri));
  }

  @DELETE
  @Path("upgrades/{id}")
  @Requires(Permission.UPGRADES_CHANGE)
  @Operation(summary = "Removes an upgrade package; what runs of it, and the way back, stay")
  public Response delete(
      @PathParam("id") String version,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    PackageView removed =
        Await.result(upgrades().delete(version, Requests.expectedRevision(ifMatch), dry), LIMIT);
    return dry
        ? Replies.dryRun(Views.of(removed), "The package would be removed from all nodes.")
        : Replies.json(Views.of(removed));
  }

  @GET
  @Path("upgrades/{id}")
  @Operation(summary = "One upgrade package, by its version")
  public Response get(@PathParam("id") String version) {
    return Replies.one("upgrade package", version, packages());
  }

  @GET
  @Path("upgrade-run")
  @Operation(summary = "The upgrade that goes on, or the last one")
  public Response run() {
    return Replies.object(
        Views.of(
            upgrades()
                .run()
                .orElseThrow(
                    () ->
                        new AerieException(
                            ErrorCode.NOT_FOUND, "This cluster has not been upgraded yet"))));
  }

  @POST
  @Path("upgrade-run")
  @Requires(Permission.UPGRADES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Upgrades all nodes; a dry run tells what that does and whether it may")
  public Response start(NewRun wanted, @QueryParam("dryRun") String dryRun) {
    String version = Requests.required("version", wanted.version());
    if (Requests.dryRun(dryRun)) {
      ObjectNode plan = Views.of(Await.result(upgrades().plan(version), LIMIT));
      return Replies.dryRun(
          plan, plan.path("allowed").asBoolean() ? "It may be started." : "It would be refused.");
    }
    return Replies.object(Views.of(Await.result(upgrades().start(version), LIMIT)));
  }

  @PATCH
  @Path("upgrade-run")
  @Requires(Permission.UPGRADES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Pauses the upgrade, lets it go on, or rolls it back")
  public Response steer(RunChange change) {
    String state = Requests.required("state", change.state());
    CompletableFuture<RunView> steered =
        switch (state) {
          case "paused" -> upgrades().pause();
          case "running" -> upgrades().resume();
          case "rolled-back" -> upgrades().rollBack();
          default ->
              throw new AerieException(
                  ErrorCode.INVALID_VALUE,
                  "'" + state + "' is not what an upgrade can be made",
                  "It is paused, running or rolled-back.",
                  "");
        };
    return Replies.object(Views.of(Await.result(steered, LIMIT)));
  }

  private List<PackageView> packages() {
    return Await.result(upgrades().packages(), LIMIT);
  }

  private UpgradeAdministration upgrades() {
    return subsystems.require(UpgradeAdministration.class);
  }

  /**
   * An upgrade to begin.
   *
   * @param version whereto: of one of the packages
   */
  public record NewRun(@Schema(example = "0.1.1") String version) {}

  /**
   * What is to become of it.
   *
   * @param state paused, running or rolled-back
   */
  public record RunChange(@Schema(example = "paused") String state) {}
}
