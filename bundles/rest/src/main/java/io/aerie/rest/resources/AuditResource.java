package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.audit.AuditViews;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.OptionalLong;

/** The audit log of the node that is asked, the newest first. */
@Path("/api/v1/audit")
@Requires(Permission.AUDIT_READ)
public final class AuditResource {
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 1_000;

  private final Subsystems subsystems;

  /** Uses what is there. */
  public AuditResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "What was changed and refused through this node, the newest first")
  public Response list(@QueryParam("limit") String limit, @QueryParam("after") String after) {
    int count = limit == null ? LIMIT_DEFAULT : (int) number("limit", limit, LIMIT_MAX);
    OptionalLong before =
        after == null
            ? OptionalLong.empty()
            : OptionalLong.of(number("after", after, Long.MAX_VALUE));
    List<Entry> entries = log().list(before, count);
    ObjectNode page = Views.mapper().createObjectNode();
    ArrayNode items = page.putArray("items");
    entries.forEach(entry -> items.add(AuditViews.of(entry)));
    boolean more = entries.size() == count && entries.get(count - 1).sequence() > 1;
    page.put("next", more ? Long.toString(entries.get(count - 1).sequence()) : null);
    return Replies.json(page);
  }

  @GET
  @Path("verification")
  @Operation(summary = "Checks the chain of hashes, and names the first broken entry")
  public Response verify() {
    return Replies.json(AuditViews.of(log().verify()));
  }

  private AuditLog log() {
    return subsystems.require(AuditLog.class);
  }

  private static long number(String name, String text, long max) {
    if (text.matches("[1-9]\\d{0,17}") && Long.parseLong(text) <= max) {
      return Long.parseLong(text);
    }
    throw new AerieException(
        ErrorCode.INVALID_VALUE,
        "'" + text + "' is not a value of " + name,
        "It is a number from 1 to " + max + ".",
        "");
  }
}
