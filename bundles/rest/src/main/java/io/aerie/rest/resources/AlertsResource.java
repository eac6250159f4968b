package io.aerie.rest.resources;

import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.alerts.Alerts;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** What is wrong now. */
@Path("/api/v1/alerts")
@Requires(Permission.ALERTS_READ)
public final class AlertsResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public AlertsResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "What is wrong now, as this node sees it; empty when all is well")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(Alerts.of(subsystems)));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One alert, as long as its cause lasts")
  public Response get(@PathParam("id") String id) {
    return Replies.one("alert", id, Alerts.of(subsystems));
  }
}
