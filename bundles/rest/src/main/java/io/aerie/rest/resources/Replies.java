package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.StorageObjects;
import io.aerie.face.Views;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.Outcome;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.function.Function;

/** Builds responses. */
final class Replies {
  private Replies() {}

  /** One object with its tag. */
  static Response object(ObjectNode node) {
    return Response.ok(node, MediaType.APPLICATION_JSON)
        .tag(new EntityTag(node.path("revision").asText()))
        .build();
  }

  /** The object of that id or name. */
  static Response one(String kind, String nameOrId, List<?> views) {
    return views.stream()
        .map(Views::of)
        .filter(node -> Views.isNamed(node, nameOrId))
        .findFirst()
        .map(Replies::object)
        .orElseThrow(() -> Requests.notFound(kind, nameOrId));
  }

  /** The object of storage of that id or name, as of now. */
  static Response one(
      StorageAdministration storage,
      String kind,
      String nameOrId,
      Function<StorageAdministration, List<?>> list) {
    return object(StorageObjects.one(storage, kind, nameOrId, list));
  }

  /** 200 with what a change of something did or would do. */
  static Response changed(Outcome<?> outcome) {
    return json(Views.of(outcome));
  }

  /** 201 with Location, or 200 when nothing was made. */
  static Response created(Outcome<?> outcome, UriInfo uri) {
    ObjectNode node = Views.of(outcome);
    return outcome.dryRun() ? json(node) : created(node, uri);
  }

  /** 201 with Location and tag. */
  static Response created(ObjectNode node, UriInfo uri) {
    return created(node, uri.getAbsolutePathBuilder().replaceQuery(null));
  }

  /** The same, below another list than the one that was asked. */
  static Response created(ObjectNode node, UriBuilder list) {
    return Response.created(list.path(node.path("id").asText()).build())
        .type(MediaType.APPLICATION_JSON)
        .tag(new EntityTag(node.path("revision").asText()))
        .entity(node)
        .build();
  }

  /** 200 with what is neither an object nor a list. */
  static Response json(ObjectNode node) {
    return Response.ok(node, MediaType.APPLICATION_JSON).build();
  }

  /** A change that has no outcome of its own, done or tried. */
  static Response changed(Object view, boolean dryRun, String explanation) {
    return dryRun ? dryRun(Views.of(view), explanation) : object(Views.of(view));
  }

  /** What a change would do that has no outcome of its own. */
  static Response dryRun(ObjectNode node, String explanation) {
    node.put("dryRun", true).putArray("explanation").add(explanation);
    return json(node);
  }
}
