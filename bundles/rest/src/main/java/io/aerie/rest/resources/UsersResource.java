package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Await;
import io.aerie.face.RoleNames;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.access.UserTrials;
import io.aerie.rest.http.Callers;
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
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.OptionalLong;

/** The users, for administrators; and one's own password, for all. */
@Path("/api/v1/users")
@Requires(Permission.USERS_READ)
public final class UsersResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public UsersResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The users")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(directory().users()));
  }

  @GET
  @Path("{name}")
  @Operation(summary = "One user")
  public Response get(@PathParam("name") String name) {
    return Replies.object(Views.of(UserTrials.existing(directory(), name)));
  }

  @POST
  @Requires(Permission.USERS_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Adds a user")
  public Response create(
      NewUser user,
      @QueryParam("dryRun") String dryRun,
      @Context SecurityContext security,
      @Context UriInfo uri) {
    Callers.of(security).requirePassword();
    String name = Requests.required("name", user.name());
    char[] password = Requests.required("password", user.password()).toCharArray();
    Role role = RoleNames.parse(Requests.required("role", user.role()));
    if (Requests.dryRun(dryRun)) {
      User wouldBe = UserTrials.add(directory(), name, password, role);
      return Replies.dryRun(Views.of(wouldBe), "The user would be added.");
    }
    return Replies.created(Views.of(Await.result(directory().create(name, password, role))), uri);
  }

  @PATCH
  @Path("{name}")
  @Requires(Permission.ACCOUNT_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Sets a user's password or role; all may set their own password")
  public Response change(
      @PathParam("name") String name,
      UserChange change,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun,
      @Context SecurityContext security) {
    checkMayChange(Callers.of(security), name, change);
    OptionalLong expected = Requests.expectedRevision(ifMatch);
    boolean dry = Requests.dryRun(dryRun);
    return change.role() == null
        ? changePassword(name, change.password().toCharArray(), expected, dry)
        : changeRole(name, RoleNames.parse(change.role()), expected, dry);
  }

  /**
   * Before it tells whether there is such a user. Others' passwords and roles are no more a token's
   * than its owner's: it would log in as they do when it has ended.
   */
  private static void checkMayChange(Caller caller, String name, UserChange change) {
    caller.requirePassword();
    if (change.role() != null || !caller.name().equals(name)) {
      caller.require(Permission.USERS_CHANGE);
    }
    if ((change.role() == null) == (change.password() == null)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "A change of a user has either 'password' or 'role'",
          "Each is a change of its own, and could fail alone.",
          "Send one of them.");
    }
  }

  /**
   * The directory judges what is expected, in one step with the change; a dry run as it is here.
   */
  private Response changePassword(
      String name, char[] password, OptionalLong expected, boolean dryRun) {
    if (dryRun) {
      User user = UserTrials.setPassword(directory(), name, password);
      Requests.check(expected, user.revision());
      return Replies.dryRun(Views.of(user), "The password would be set.");
    }
    Await.result(directory().setPassword(name, password, expected));
    return Replies.object(Views.of(UserTrials.existing(directory(), name)));
  }

  private Response changeRole(String name, Role role, OptionalLong expected, boolean dryRun) {
    if (dryRun) {
      User user = UserTrials.setRole(directory(), name, role);
      Requests.check(expected, user.revision());
      return Replies.dryRun(Views.of(user), "The role would be given.");
    }
    return Replies.object(Views.of(Await.result(directory().setRole(name, role, expected))));
  }

  @DELETE
  @Path("{name}")
  @Requires(Permission.USERS_CHANGE)
  @Operation(summary = "Removes a user")
  public Response delete(
      @PathParam("name") String name,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @QueryParam("dryRun") String dryRun,
      @Context SecurityContext security) {
    Callers.of(security).requirePassword();
    OptionalLong expected = Requests.expectedRevision(ifMatch);
    if (Requests.dryRun(dryRun)) {
      User user = UserTrials.delete(directory(), name);
      Requests.check(expected, user.revision());
      return Replies.dryRun(Views.of(user), "The user and its tokens would be removed.");
    }
    ObjectNode node = Views.of(UserTrials.existing(directory(), name));
    Await.result(directory().delete(name, expected));
    return Replies.json(node);
  }

  private UserDirectory directory() {
    return subsystems.require(UserDirectory.class);
  }

  /**
   * A user to add.
   *
   * @param role administrator, operator or observer
   */
  public record NewUser(String name, String password, @Schema(example = "operator") String role) {
    /** Never prints the password. */
    @Override
    public String toString() {
      return name;
    }
  }

  /** What of a user can be changed: one of both. */
  public record UserChange(String password, @Schema(example = "operator") String role) {
    /** Never prints the password. */
    @Override
    public String toString() {
      return role == null ? "password" : role;
    }
  }
}
