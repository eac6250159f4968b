package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.LdapDirectory.Settings;
import io.aerie.face.Await;
import io.aerie.face.LdapViews;
import io.aerie.face.Subsystems;
import io.aerie.face.access.LdapWish;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.rest.http.Callers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The directory that is the second source of users. Its settings make administrators, so a token
 * doesn't suffice to change them.
 */
@Path("/api/v1")
@Requires(Permission.LDAP_READ)
public final class LdapResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public LdapResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Path("ldap")
  @Operation(summary = "The settings of the LDAP directory, without its password")
  public Response get() {
    return Replies.object(
        LdapViews.of(
            directory()
                .settings()
                .orElseThrow(() -> Requests.notFound("setting of", "an LDAP directory"))));
  }

  @PUT
  @Path("ldap")
  @Requires(Permission.LDAP_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Sets all settings of the LDAP directory")
  public Response put(
      LdapRequest wanted,
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch,
      @Context SecurityContext security) {
    Callers.of(security).requirePassword();
    OptionalLong expected =
        "*".equals(ifNoneMatch) ? OptionalLong.of(0) : Requests.expectedRevision(ifMatch);
    boolean dry = Requests.dryRun(dryRun);
    Settings set =
        Await.result(
            directory()
                .set(
                    wanted.wish().settings(),
                    Optional.ofNullable(wanted.bindPassword()).map(String::toCharArray),
                    expected,
                    dry));
    ObjectNode node = LdapViews.of(set);
    return dry ? Replies.dryRun(node, "The settings would be stored.") : Replies.object(node);
  }

  @DELETE
  @Path("ldap")
  @Requires(Permission.LDAP_CHANGE)
  @Operation(summary = "Ends the use of the LDAP directory")
  public Response delete(
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @Context SecurityContext security) {
    Callers.of(security).requirePassword();
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode node =
        LdapViews.of(Await.result(directory().delete(Requests.expectedRevision(ifMatch), dry)));
    return dry ? Replies.dryRun(node, "The settings would be removed.") : Replies.json(node);
  }

  @POST
  @Path("ldap:test")
  @Requires(Permission.LDAP_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Looks a user up in the LDAP directory, and tries a password if one is sent")
  public Response test(LdapTest wanted) {
    return Replies.json(
        LdapViews.of(
            Await.result(
                directory()
                    .test(
                        Requests.required("user", wanted.user()),
                        Optional.ofNullable(wanted.password()).map(String::toCharArray)))));
  }

  private LdapDirectory directory() {
    return subsystems.require(LdapDirectory.class);
  }

  /** The settings as they are sent; docs/security.md has them all. */
  public record LdapRequest(
      @Schema(example = "[\"ldaps://ldap.example.org\"]") List<String> urls,
      Boolean plaintext,
      String caCertificatesPem,
      String bindDn,
      String bindPassword,
      @Schema(example = "ou=people,dc=example,dc=org") String userBaseDn,
      @Schema(example = "(uid={user})") String userFilter,
      String groupBaseDn,
      String groupFilter,
      List<String> administrators,
      List<String> operators,
      List<String> observers,
      @Schema(example = "5s") String timeout) {
    LdapWish wish() {
      return new LdapWish(
          urls,
          plaintext,
          caCertificatesPem,
          bindDn,
          userBaseDn,
          userFilter,
          groupBaseDn,
          groupFilter,
          administrators,
          operators,
          observers,
          timeout);
    }

    /** Never prints the password. */
    @Override
    public String toString() {
      return "LDAP " + urls;
    }
  }

  /**
   * A look-up.
   *
   * @param password is tried, too, when it is there
   */
  public record LdapTest(String user, String password) {
    /** Never prints the password. */
    @Override
    public String toString() {
      return user;
    }
  }
}
