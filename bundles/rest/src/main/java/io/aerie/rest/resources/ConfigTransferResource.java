package io.aerie.rest.resources;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.transfer.ConfigTransfer.Export;
import io.aerie.config.transfer.ConfigTransfer.Outcome;
import io.aerie.config.transfer.ConfigTransfer.Wish;
import io.aerie.face.Await;
import io.aerie.face.LogMoveViews;
import io.aerie.face.RebuildViews;
import io.aerie.face.Subsystems;
import io.aerie.face.TransferViews;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.Base64Text;
import io.aerie.rest.http.BodyLimit;
import io.aerie.rest.http.Callers;
import io.aerie.rest.http.JsonBodies;
import io.aerie.rest.http.LargeBody;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * ConfigDB as a file. Both are POST: a passphrase has no place in an address, and that everything
 * was taken out is worth a line in the audit log.
 */
@Path("/api/v1")
@Requires(Permission.CONFIG_CHANGE)
public final class ConfigTransferResource {
  /** Lines of JSON, see docs/configdb.md. */
  private static final String FILE_TYPE = "application/x-ndjson";

  /** As credentials, in a header: it stands in no address. */
  private static final String PASSPHRASE = "Aerie-Passphrase";

  private final Subsystems subsystems;
  private final OneFile file =
      new OneFile(
          "This node imports a file already",
          "It takes one at a time, each is held in memory.",
          "Wait for that one, or ask another node.");

  /** Uses what is there. */
  public ConfigTransferResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @POST
  @Path("config:export")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Everything as a file; documents with secrets only with a passphrase")
  public Response export(ExportRequest wanted, @Context SecurityContext security) {
    Optional<char[]> passphrase = Optional.ofNullable(wanted.passphrase()).map(String::toCharArray);
    if (passphrase.isPresent()) {
      Callers.of(security).requirePassword();
    }
    Export export = Await.result(transfer().export(passphrase));
    return Response.ok(export.file(), FILE_TYPE)
        .tag(new EntityTag(Long.toString(export.revision())))
        .build();
  }

  @POST
  @Path("config:import")
  @Consumes({MediaType.APPLICATION_JSON, FILE_TYPE})
  @LargeBody(FILE_TYPE)
  @Operation(
      summary = "Imports a file, a large one in steps that can be resumed; tells what changes",
      requestBody =
          @RequestBody(
              description = "The file as it was exported, or, a small one, as a text in JSON",
              required = true,
              content = {
                @Content(
                    mediaType = FILE_TYPE,
                    schema = @Schema(type = "string", format = "binary")),
                @Content(
                    mediaType = MediaType.APPLICATION_JSON,
                    schema = @Schema(implementation = ImportRequest.class))
              }))
  public Response restore(
      @Parameter(hidden = true) InputStream body,
      @Context HttpHeaders headers,
      @Parameter(description = "What the file was made with: Base64 of its UTF-8")
          @HeaderParam(PASSPHRASE)
          String passphrase,
      @QueryParam("mode") String mode,
      @QueryParam("dryRun") String dryRun,
      @QueryParam("takeOver") String takeOver,
      @Context SecurityContext security) {
    // an import brings users with their passwords
    Callers.of(security).requirePassword();
    Wish wish =
        new Wish(
            TransferViews.mode(mode), Requests.dryRun(dryRun), Requests.flag("takeOver", takeOver));
    if (!BodyLimit.isOfType(headers.getMediaType(), FILE_TYPE)) {
      return restoreText(JsonBodies.read(ImportRequest.class, body), passphrase, wish);
    }
    return file.take(() -> restored(read(body, headers.getLength()), decoded(passphrase), wish));
  }

  private Response restoreText(ImportRequest wanted, String header, Wish wish) {
    if (header != null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The header " + PASSPHRASE + " belongs to a file of the type " + FILE_TYPE,
          "JSON has the passphrase in its field 'passphrase'.",
          "");
    }
    return restored(
        Requests.required("file", wanted.file()).getBytes(StandardCharsets.UTF_8),
        Optional.ofNullable(wanted.passphrase()).map(String::toCharArray),
        wish);
  }

  private Response restored(byte[] file, Optional<char[]> passphrase, Wish wish) {
    Outcome outcome =
        Await.result(
            transfer().restore(file, passphrase, wish, step -> {}), TransferViews.RESTORE_LIMIT);
    return Replies.json(TransferViews.of(outcome));
  }

  /**
   * The whole body.
   *
   * @param length as announced, at most what is taken; -1 when it isn't
   */
  private static byte[] read(InputStream body, int length) {
    try {
      if (length < 0) {
        return body.readAllBytes();
      }
      // in one piece: a file that is gathered from parts is there twice for a moment
      byte[] file = new byte[length];
      if (body.readNBytes(file, 0, length) < length) {
        throw new EOFException("the body is shorter than it was announced");
      }
      return file;
    } catch (IOException e) {
      throw JsonBodies.brokenOff(e);
    }
  }

  private static Optional<char[]> decoded(String passphrase) {
    try {
      return Optional.ofNullable(passphrase).map(Base64Text::decode).map(String::toCharArray);
    } catch (IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The header " + PASSPHRASE + " is not Base64 of UTF-8",
          "",
          "Encode the passphrase, without an end of line, as base64 -w0 does.",
          e);
    }
  }

  @POST
  @Path("config:rebuild")
  @Operation(summary = "Restores ConfigDB from the copies on the storage disks")
  public Response rebuild(
      @QueryParam("dryRun") String dryRun,
      @QueryParam("force") String force,
      @QueryParam("withoutMissing") String withoutMissing,
      @QueryParam("discard") String discard,
      @Context SecurityContext security) {
    // a rebuild brings users with their passwords
    Callers.of(security).requirePassword();
    ConfigRebuild.Wish wish =
        new ConfigRebuild.Wish(
            Requests.dryRun(dryRun),
            Requests.flag("force", force),
            Requests.flag("withoutMissing", withoutMissing),
            Requests.flag("discard", discard));
    return Replies.json(
        RebuildViews.of(
            Await.result(
                subsystems.require(ConfigRebuild.class).rebuild(wish, step -> {}),
                TransferViews.RESTORE_LIMIT)));
  }

  @POST
  @Path("config:log-move")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Moves ConfigDB's replicated log to the other provider")
  public Response moveLog(LogMoveRequest wanted, @QueryParam("dryRun") String dryRun) {
    ConfigLogMove.Wish wish =
        new ConfigLogMove.Wish(
            Requests.required("provider", wanted.provider()), Requests.dryRun(dryRun));
    return Replies.json(
        LogMoveViews.of(
            Await.result(
                subsystems.require(ConfigLogMove.class).move(wish, step -> {}),
                LogMoveViews.LIMIT)));
  }

  private ConfigTransfer transfer() {
    return subsystems.require(ConfigTransfer.class);
  }

  /**
   * An export to make.
   *
   * @param passphrase at least 12 characters; without one secrets are left out
   */
  public record ExportRequest(String passphrase) {
    /** Never prints the passphrase. */
    @Override
    public String toString() {
      return passphrase == null ? "plain" : "encrypted";
    }
  }

  /**
   * An import.
   *
   * @param file the text of the file
   * @param passphrase that it was made with
   */
  public record ImportRequest(String file, String passphrase) {
    /** Prints neither the passphrase nor what a plain file holds. */
    @Override
    public String toString() {
      return passphrase == null ? "plain" : "encrypted";
    }
  }

  /**
   * A move of the log.
   *
   * @param provider atomix or ratis
   */
  public record LogMoveRequest(String provider) {}
}
