package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Issued;
import io.aerie.config.users.TokenDirectory.NewToken;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.TokenWish;
import io.aerie.rest.http.Callers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.OptionalLong;

/** API tokens: each user's own, and all of them for administrators. */
@Path("/api/v1/tokens")
@Requires(Permission.TOKENS_READ)
public final class TokensResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public TokensResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "One's own tokens; administrators see all")
  public Response list(@BeanParam ListQuery query, @Context SecurityContext security) {
    return Replies.json(query.page(visible(security)));
  }

  @GET
  @Path("{id}")
  @Operation(summary = "One token, without its secret")
  public Response get(@PathParam("id") String id, @Context SecurityContext security) {
    return Replies.one("token", id, visible(security));
  }

  @POST
  @Requires(Permission.TOKENS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Makes a token for oneself; the answer is the only place that shows it")
  public Response create(
      TokenRequest wanted,
      @QueryParam("dryRun") String dryRun,
      @Context SecurityContext security,
      @Context UriInfo uri) {
    NewToken token =
        TokenWish.of(
            Callers.of(security),
            Requests.required("name", wanted.name()),
            wanted.role(),
            wanted.kinds(),
            wanted.validity());
    if (Requests.dryRun(dryRun)) {
      return Replies.dryRun(Views.of(directory().check(token)), "The token would be made.");
    }
    Issued issued = Await.result(directory().create(token));
    ObjectNode node = Views.of(issued.token()).put("token", issued.secret());
    return Replies.created(node, uri);
  }

  @DELETE
  @Path("{id}")
  @Requires(Permission.TOKENS_CHANGE)
  @Operation(summary = "Revokes a token")
  public Response revoke(
      @PathParam("id") String id,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun,
      @Context SecurityContext security) {
    Token token =
        visible(security).stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow(() -> Requests.notFound("token", id));
    OptionalLong expected = Requests.expectedRevision(ifMatch);
    if (Requests.dryRun(dryRun)) {
      Requests.check(expected, token.revision());
      return Replies.dryRun(Views.of(token), "The token would be revoked.");
    }
    return Replies.json(Views.of(Await.result(directory().revoke(id, expected))));
  }

  private List<Token> visible(SecurityContext security) {
    return TokenWish.visible(Callers.of(security), directory());
  }

  private TokenDirectory directory() {
    return subsystems.require(TokenDirectory.class);
  }

  /**
   * A token to make.
   *
   * @param name unique among one's tokens
   * @param role one's own unless told, never above it
   * @param kinds the kinds of objects that it is limited to; all unless told
   * @param validity {@code 12h}, {@code 90d}; 30 days unless told, at most 366
   */
  public record TokenRequest(
      String name,
      @Schema(example = "observer") String role,
      List<String> kinds,
      @Schema(example = "90d") String validity) {}
}
