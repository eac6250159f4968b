package io.aerie.rest.resources;

import io.aerie.event.EventSelection;
import io.aerie.event.Events;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.StandingCaller;
import io.aerie.face.events.EventAccess;
import io.aerie.rest.http.Callers;
import io.aerie.rest.http.ServedRequest;
import io.aerie.rest.stream.EventStream;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;
import java.util.List;

/** What happens in the cluster, as server-sent events. See docs/events.md. */
@Path("/api/v1/events")
@Requires(Permission.EVENTS_READ)
public final class EventsResource {
  private static final String MEDIA_TYPE = "text/event-stream";

  private final Subsystems subsystems;
  private final Duration heartbeat;

  /** Uses what is there. */
  public EventsResource(Subsystems subsystems, Duration heartbeat) {
    this.subsystems = subsystems;
    this.heartbeat = heartbeat;
  }

  @GET
  @Operation(
      summary =
          "What happens to one object (KIND/ID), a kind, or all that you may read, from a position on")
  @ApiResponse(
      responseCode = "200",
      description = "Server-sent events, until the client ends it",
      content = @Content(mediaType = MEDIA_TYPE, schema = @Schema(type = "string")))
  public Response get(
      @QueryParam("subject") List<String> subjects,
      @QueryParam("since") String since,
      @HeaderParam("Last-Event-ID") String lastEventId,
      @Context SecurityContext security) {
    Caller caller = Callers.of(security);
    // a browser that connects again sends the same address, and in the header how far it came
    boolean resumed = lastEventId != null && !lastEventId.isEmpty();
    EventSelection selection =
        EventAccess.selection(caller, subjects, resumed ? lastEventId : since);
    Events events = subsystems.require(Events.class);
    if (!ServedRequest.get().getMethod().equals(HttpMethod.HEAD)) {
      EventStream.open(
          ServedRequest.get(),
          events,
          selection,
          new StandingCaller(subsystems, caller),
          heartbeat);
    }
    return Response.ok().type(MEDIA_TYPE + ";charset=UTF-8").build();
  }
}
