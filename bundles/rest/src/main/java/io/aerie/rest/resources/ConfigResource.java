package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.face.Await;
import io.aerie.face.RawDocuments;
import io.aerie.face.SecretPaths;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.Callers;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * ConfigDB's documents as they are. The body of a PUT is the document itself; a GET wraps it in
 * {@code value}, beside its revision and type.
 */
@Path("/api/v1/config{path: (/.*)?}")
@Requires(Permission.CONFIG_READ)
public final class ConfigResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public ConfigResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The document at a path, or with prefix=true all at or below it")
  public Response get(
      @PathParam("path") String path,
      @QueryParam("prefix") String prefix,
      @BeanParam ListQuery query,
      @Context SecurityContext security) {
    String at = trimmed(path);
    Caller caller = Callers.of(security);
    boolean secrets = caller.may(Permission.CONFIG_SECRETS_READ);
    if (Requests.flag("prefix", prefix)) {
      List<Document> documents = Await.result(store().list(at));
      return Replies.json(
          query.page(
              documents.stream()
                  .filter(document -> secrets || !SecretPaths.isSecret(document.path()))
                  .toList()));
    }
    if (SecretPaths.isSecret(at)) {
      caller.require(Permission.CONFIG_SECRETS_READ);
    }
    return Replies.object(
        Views.of(
            Await.result(store().get(at)).orElseThrow(() -> Requests.notFound("document", at))));
  }

  @PUT
  @Requires(Permission.CONFIG_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Writes a document and answers its revision")
  public Response put(
      @PathParam("path") String path,
      ObjectNode document,
      @QueryParam("type") String type,
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch,
      @Context UriInfo uri) {
    String at = trimmed(path);
    RawDocuments.checkChange(at);
    OptionalLong expected =
        "*".equals(ifNoneMatch) ? OptionalLong.of(0) : Requests.expectedRevision(ifMatch);
    boolean dry = Requests.dryRun(dryRun);
    if (!dry) {
      Optional<Response> done = putOver(store().getLocal(at), at, document, type, expected, uri);
      if (done.isPresent()) {
        return done.get();
      }
    }
    Optional<Document> before = Await.result(store().get(at));
    Requests.check(expected, before.map(Document::revision).orElse(0L));
    Change.Put change = change(at, document, type, before);
    if (dry) {
      long unused = Await.result(store().check(transaction(at, expected, change)));
      return Replies.dryRun(
          answer(at, before.map(Document::revision).orElse(0L)),
          before.isPresent() ? "The document would be replaced." : "The document would be made.");
    }
    return written(at, commit(at, expected, change), before.isPresent(), uri);
  }

  /**
   * Writes over the document as this node knows it, on condition that it still is so: no need to
   * ask others for it first. Empty when it isn't, or isn't what the caller expects; nothing was
   * changed then.
   */
  private Optional<Response> putOver(
      Optional<Document> known,
      String at,
      ObjectNode document,
      String type,
      OptionalLong expected,
      UriInfo uri) {
    long revision = known.map(Document::revision).orElse(0L);
    if (expected.isPresent() && expected.getAsLong() != revision) {
      return Optional.empty();
    }
    Change.Put change = change(at, document, type, known);
    try {
      long made = commit(at, OptionalLong.of(revision), change);
      return Optional.of(written(at, made, known.isPresent(), uri));
    } catch (AerieException e) {
      if (e.code() != ErrorCode.PRECONDITION_FAILED) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** A document as it is to be; of the kind that it has unless another is named. */
  static Change.Put change(String at, ObjectNode document, String type, Optional<Document> before) {
    return new Change.Put(at, RawDocuments.type(type, before), document.toString());
  }

  private static Response written(String at, long revision, boolean replaced, UriInfo uri) {
    ObjectNode answer = answer(at, revision);
    if (replaced) {
      return Replies.object(answer);
    }
    return Response.created(uri.getAbsolutePathBuilder().replaceQuery(null).build())
        .type(MediaType.APPLICATION_JSON)
        .tag(new EntityTag(Long.toString(revision)))
        .entity(answer)
        .build();
  }

  @PATCH
  @Requires(Permission.CONFIG_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Changes members of a document (RFC 7396) and answers its revision")
  public Response patch(
      @PathParam("path") String path,
      ObjectNode patch,
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
    String at = trimmed(path);
    RawDocuments.checkChange(at);
    Document before =
        Await.result(store().get(at)).orElseThrow(() -> Requests.notFound("document", at));
    Requests.check(Requests.expectedRevision(ifMatch), before.revision());
    ObjectNode value = ((ObjectNode) Views.of(before).get("value")).deepCopy();
    merge(value, patch);
    Change.Put change = change(at, value, null, Optional.of(before));
    // what it was made from must still be there
    OptionalLong seen = OptionalLong.of(before.revision());
    if (Requests.dryRun(dryRun)) {
      long unused = Await.result(store().check(transaction(at, seen, change)));
      return Replies.dryRun(answer(at, before.revision()), "The document would be changed.");
    }
    return Replies.object(answer(at, commit(at, seen, change)));
  }

  /** RFC 7396, section 2: null removes, objects are merged, all else is replaced. */
  private static void merge(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> member : patch.properties()) {
      JsonNode wanted = member.getValue();
      if (wanted.isNull()) {
        target.remove(member.getKey());
      } else if (wanted instanceof ObjectNode changes) {
        JsonNode old = target.get(member.getKey());
        ObjectNode merged = old instanceof ObjectNode object ? object : target.objectNode();
        merge(merged, changes);
        target.set(member.getKey(), merged);
      } else {
        target.set(member.getKey(), wanted);
      }
    }
  }

  @DELETE
  @Requires(Permission.CONFIG_CHANGE)
  @Operation(summary = "Removes a document and answers the revision")
  public Response delete(
      @PathParam("path") String path,
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch) {
    String at = trimmed(path);
    RawDocuments.checkChange(at);
    OptionalLong expected = Requests.expectedRevision(ifMatch);
    Document before =
        Await.result(store().get(at)).orElseThrow(() -> Requests.notFound("document", at));
    Requests.check(expected, before.revision());
    if (Requests.dryRun(dryRun)) {
      return Replies.dryRun(answer(at, before.revision()), "The document would be removed.");
    }
    return Replies.json(answer(at, commit(at, expected, new Change.Delete(at))));
  }

  private long commit(String path, OptionalLong expected, Change change) {
    return Await.result(store().commit(transaction(path, expected, change)));
  }

  private static ConfigTransaction transaction(String path, OptionalLong expected, Change change) {
    List<Condition> conditions =
        expected.isPresent() ? List.of(new Condition(path, expected.getAsLong())) : List.of();
    return new ConfigTransaction(conditions, List.of(change));
  }

  private ConfigStore store() {
    return subsystems.require(ConfigStore.class);
  }

  private static ObjectNode answer(String path, long revision) {
    return Views.mapper()
        .createObjectNode()
        .put("id", path)
        .put("name", path)
        .put("revision", revision);
  }

  private static String trimmed(String path) {
    return path.replaceAll("^/+|/+$", "");
  }
}
