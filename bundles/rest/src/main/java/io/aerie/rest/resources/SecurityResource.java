package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.face.Await;
import io.aerie.face.SecurityViews;
import io.aerie.face.Subsystems;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Certificates. Who changes them decides whom clients and nodes trust, so a token doesn't suffice.
 */
@Path("/api/v1")
@Requires(Permission.SECURITY_READ)
public final class SecurityResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public SecurityResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Path("security/certificate")
  @Operation(summary = "The certificate that REST shows")
  public Response certificate() {
    return Replies.object(SecurityViews.of(certificates().view()));
  }

  @PUT
  @Path("security/certificate")
  @Requires(Permission.SECURITY_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Supplies a certificate and its key, that REST of all nodes shows")
  public Response setCertificate(
      CertificateRequest wanted,
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) String ifNoneMatch,
      @Context SecurityContext security) {
    Callers.of(security).requirePassword();
    OptionalLong expected =
        "*".equals(ifNoneMatch) ? OptionalLong.of(0) : Requests.expectedRevision(ifMatch);
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode node =
        SecurityViews.of(
            Await.result(
                certificates()
                    .set(
                        Requests.required("certificatePem", wanted.certificatePem()),
                        Requests.required("keyPem", wanted.keyPem()),
                        expected,
                        dry)));
    return dry ? Replies.dryRun(node, "REST would show it on all nodes.") : Replies.object(node);
  }

  @DELETE
  @Path("security/certificate")
  @Requires(Permission.SECURITY_CHANGE)
  @Operation(summary = "Back to the nodes' own certificates")
  public Response resetCertificate(
      @QueryParam("dryRun") String dryRun,
      @HeaderParam(HttpHeaders.IF_MATCH) String ifMatch,
      @Context SecurityContext security) {
    Callers.of(security).requirePassword();
    boolean dry = Requests.dryRun(dryRun);
    ObjectNode node =
        SecurityViews.of(
            Await.result(certificates().reset(Requests.expectedRevision(ifMatch), dry)));
    return dry
        ? Replies.dryRun(node, "REST would show each node's own certificate.")
        : Replies.json(node);
  }

  @GET
  @Path("security/ca")
  @Operation(summary = "The cluster's CA, and how far its rotation is")
  public Response authority() {
    return Replies.object(SecurityViews.of(rotation().state()));
  }

  @POST
  @Path("security/ca:rotate")
  @Requires(Permission.SECURITY_CHANGE)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Begins a rotation of the cluster's CA, or takes one further")
  public Response rotate(
      RotationRequest wanted,
      @QueryParam("dryRun") String dryRun,
      @Context SecurityContext security) {
    Callers.of(security).requirePassword();
    boolean dry = Requests.dryRun(dryRun);
    Set<NodeId> without = new LinkedHashSet<>();
    if (wanted.without() != null) {
      wanted.without().forEach(name -> without.add(new NodeId(name)));
    }
    ObjectNode node =
        SecurityViews.of(
            Await.result(rotation().rotate(Boolean.TRUE.equals(wanted.hold()), without, dry)));
    return dry
        ? Replies.dryRun(node, "It would wait for the nodes in 'waitingFor'.")
        : Replies.object(node);
  }

  private RestCertificate certificates() {
    return subsystems.require(RestCertificate.class);
  }

  private AuthorityRotation rotation() {
    return subsystems.require(AuthorityRotation.class);
  }

  /**
   * A certificate that an administrator supplies.
   *
   * @param certificatePem the server's first, each one's issuer after it
   * @param keyPem unencrypted
   */
  public record CertificateRequest(
      @Schema(example = "-----BEGIN CERTIFICATE-----...") String certificatePem,
      @Schema(example = "-----BEGIN PRIVATE KEY-----...") String keyPem) {
    /** Never prints the key. */
    @Override
    public String toString() {
      return "certificate";
    }
  }

  /**
   * How to rotate.
   *
   * @param hold stop when all trust the new CA
   * @param without nodes that never come back
   */
  public record RotationRequest(Boolean hold, List<String> without) {}
}
