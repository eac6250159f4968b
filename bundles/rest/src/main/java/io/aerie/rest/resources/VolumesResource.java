package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.face.Await;
import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.VolumeLimits;
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
import java.util.OptionalLong;

/** The volumes. */
@Path("/api/v1/volumes")
@Requires(Permission.VOLUMES_READ)
public final class VolumesResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public VolumesResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The volumes")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(storage().volumes()));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One volume, by id or name")
  public Response get(@PathParam("id") String id) {
    return Replies.one(storage(), "volume", id, StorageAdministration::volumes);
  }

  @GET
  @Path("{id}/attachments")
  @Operation(summary = "Who has the volume open, through whichever node")
  public Response attachments(@PathParam("id") String id, @BeanParam ListQuery query) {
    return Replies.json(query.page(StorageObjects.attachments(subsystems, id)));
  }

  @POST
  @Requires(Permission.VOLUMES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes a thin volume")
  public Response create(
      NewVolume volume, @QueryParam("dryRun") String dryRun, @Context UriInfo uri) {
    return Replies.created(
        Await.result(
            storage()
                .createVolume(
                    Requests.required("name", volume.name()),
                    Requests.required("size", volume.size()),
                    volume.pool() == null ? PoolsResource.DEFAULT : volume.pool(),
                    Protection.parse(Requests.required("protection", volume.protection())),
                    Requests.dryRun(dryRun))),
        uri);
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.VOLUMES_CHANGE)
  @Operation(summary = "Deletes a volume and its data, by id or name")
  public Response delete(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .deleteVolume(id, Requests.expectedRevision(ifMatch), Requests.dryRun(dryRun))));
  }

  @PATCH
  @Path("{id}")
  @Requires(Permission.VOLUMES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Gives a volume another size, a smaller one by force only; or limits it")
  public Response change(
      @PathParam("id") String id,
      VolumeChange change,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    OptionalLong expected = Requests.expectedRevision(ifMatch);
    boolean dry = Requests.dryRun(dryRun);
    if (change.limits() == null) {
      ByteSize size = Requests.required("size", change.size());
      boolean force = Boolean.TRUE.equals(change.force());
      return Replies.changed(Await.result(storage().resizeVolume(id, size, force, expected, dry)));
    }
    if (change.size() != null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "Both 'size' and 'limits' are there",
          "They are changed one after the other, and one could fail.",
          "Send two requests.");
    }
    return Replies.changed(
        Await.result(storage().limitVolume(id, change.limits().asked(), expected, dry)));
  }

  @POST
  @Path("{id}:revert")
  @Requires(Permission.VOLUMES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Takes a volume back to one of its snapshots")
  public Response revert(
      @PathParam("id") String id,
      Revert revert,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .revertVolume(
                    id,
                    Requests.required("snapshot", revert.snapshot()),
                    Requests.expectedRevision(ifMatch),
                    Requests.dryRun(dryRun))));
  }

  @POST
  @Path("{id}:convert")
  @Requires(Permission.VOLUMES_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Gives a volume another protection while clients use it, as a job")
  public Response convert(
      @PathParam("id") String id,
      Convert convert,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun) {
    return Replies.changed(
        Await.result(
            storage()
                .convertVolume(
                    id,
                    Protection.parse(Requests.required("protection", convert.protection())),
                    Requests.expectedRevision(ifMatch),
                    Requests.dryRun(dryRun))));
  }

  private StorageAdministration storage() {
    return subsystems.require(StorageAdministration.class);
  }

  /**
   * A volume to make.
   *
   * @param name its name, also that of its NBD export
   * @param size {@code 4G}, {@code 10GiB}, or a number of bytes
   * @param pool the pool, {@code default} unless told
   * @param protection {@code rf2}, {@code rf3} or an erasure code as {@code ec4+2}
   */
  public record NewVolume(
      String name,
      @Schema(type = "string", example = "10GiB") @JsonDeserialize(using = SizeReader.class)
          ByteSize size,
      String pool,
      @Schema(example = "rf3") String protection) {}

  /**
   * What a volume is to be protected by.
   *
   * @param protection as of {@link NewVolume}
   */
  public record Convert(@Schema(example = "ec4+2") String protection) {}

  /**
   * What of a volume is to be another.
   *
   * @param size as of {@link NewVolume}
   * @param force also if it is smaller: what lies behind it is lost
   * @param limits what its clients together may ask of it; not together with a size
   */
  public record VolumeChange(
      @Schema(type = "string", example = "20GiB") @JsonDeserialize(using = SizeReader.class)
          ByteSize size,
      Boolean force,
      LimitsChange limits) {}

  /**
   * What all clients of a volume together may ask of it in a second. What is not sent stays, 0
   * takes a limit away.
   *
   * @param readOperationsPerSecond reads of up to 1 MiB
   * @param writeOperationsPerSecond writes of up to 1 MiB, and zeroings
   * @param readBytesPerSecond {@code 100MiB}, or a number of bytes
   * @param writeBytesPerSecond likewise
   */
  public record LimitsChange(
      Long readOperationsPerSecond,
      Long writeOperationsPerSecond,
      @Schema(type = "string", example = "100MiB") @JsonDeserialize(using = SizeReader.class)
          ByteSize readBytesPerSecond,
      @Schema(type = "string", example = "50MiB") @JsonDeserialize(using = SizeReader.class)
          ByteSize writeBytesPerSecond) {
    VolumeLimits asked() {
      return new VolumeLimits(
          given(readOperationsPerSecond),
          given(writeOperationsPerSecond),
          given(readBytesPerSecond == null ? null : readBytesPerSecond.bytes()),
          given(writeBytesPerSecond == null ? null : writeBytesPerSecond.bytes()));
    }

    private static OptionalLong given(Long limit) {
      return limit == null ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** For the audit log. */
    @Override
    public String toString() {
      return asked().toString();
    }
  }

  /**
   * To what a volume goes back.
   *
   * @param snapshot one of its snapshots, by id or name
   */
  public record Revert(String snapshot) {}
}
