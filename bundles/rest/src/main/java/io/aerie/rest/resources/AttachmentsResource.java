package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Await;
import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.storage.block.Attachments;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;

/** Who has volumes open. */
@Path("/api/v1/attachments")
@Requires(Permission.VOLUMES_READ)
public final class AttachmentsResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public AttachmentsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "Who has volumes open, through whichever node")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(StorageObjects.attachments(subsystems)));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One client's path to a volume")
  public Response get(@PathParam("id") String id) {
    return Replies.one("attachment", id, StorageObjects.attachments(subsystems));
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.VOLUMES_CHANGE)
  @Operation(summary = "Ends a client's path to a volume: whatever it still asks for fails")
  public Response detach(@PathParam("id") String id, @QueryParam("dryRun") String dryRun) {
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode ended =
        Views.of(Await.result(subsystems.require(Attachments.class).detach(id, dry)));
    return dry ? Replies.dryRun(ended, "The client's path would end.") : Replies.json(ended);
  }
}
