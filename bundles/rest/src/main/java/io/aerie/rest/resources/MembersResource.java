package io.aerie.rest.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterAdmission.JoinGrant;
import io.aerie.cluster.identity.ClusterAdmission.JoinRequest;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** The members; a new node asks here to become one. */
@Path("/api/v1/cluster/members")
@Requires(Permission.CLUSTER_READ)
public final class MembersResource {
  private final Subsystems subsystems;

  /** Uses what is there. */
  public MembersResource(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  @GET
  @Operation(summary = "The members and whether this node reaches them")
  public Response list(@BeanParam ListQuery query) {
    return Replies.json(query.page(subsystems.require(Membership.class).members()));
  }

  /** Who was removed has no other way to learn it: members refuse its certificate. */
  @GET
  @Path("removed")
  @Requires(Permission.OPEN)
  @Operation(summary = "When the node that has this certificate was removed from the cluster")
  public Response removed(@QueryParam("key") String key, @QueryParam("serial") String serial) {
    Instant when =
        subsystems
            .require(ClusterDeparture.class)
            .removed(Requests.required("key", key), Requests.required("serial", serial))
            .orElseThrow(
                () ->
                    new AerieException(
                        ErrorCode.NOT_FOUND, "No node with this certificate was removed"));
    return Replies.json(Views.mapper().createObjectNode().put("removed", when.toString()));
  }

  /** The token in the body proves the right to join; a new node has no user. */
  @POST
  @Requires(Permission.OPEN)
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(summary = "Lets a new node join, which shows a token")
  public Response join(NewMember wanted) {
    NewNode node = Requests.required("node", wanted.node());
    JoinRequest request =
        new JoinRequest(
            Requests.required("token", wanted.token()),
            new Member(new NodeId(Requests.required("node.id", node.id())), endpoints(node)),
            Requests.required("certificateRequestPem", wanted.certificateRequestPem()));
    JoinGrant grant = subsystems.require(ClusterAdmission.class).admit(request);
    return Response.status(Response.Status.CREATED)
        .type(MediaType.APPLICATION_JSON)
        .entity(granted(grant))
        .build();
  }

  private static ObjectNode granted(JoinGrant grant) {
    ObjectNode answer =
        Views.mapper()
            .createObjectNode()
            .put("clusterId", grant.clusterId())
            .put("clusterName", grant.clusterName());
    ArrayNode members = answer.putArray("members");
    for (Member member : grant.members()) {
      ObjectNode endpoints =
          members.addObject().put("id", member.id().value()).putObject("endpoints");
      member
          .endpoints()
          .forEach((service, endpoint) -> endpoints.put(service.name(), endpoint.toString()));
    }
    return answer
        .put("certificatePem", grant.certificatePem())
        .put("caCertificatePem", grant.caCertificatePem())
        .put("caKeyPem", grant.caKeyPem());
  }

  private static Map<Service, Endpoint> endpoints(NewNode node) {
    Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
    for (Map.Entry<String, String> entry :
        Requests.required("node.endpoints", node.endpoints()).entrySet()) {
      try {
        endpoints.put(Service.valueOf(entry.getKey()), endpoint(entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new AerieException(
            ErrorCode.INVALID_VALUE,
            "'" + entry.getKey() + "' with '" + entry.getValue() + "' is not an endpoint",
            "An endpoint is the name of a service in capitals with HOST:PORT.",
            "",
            e);
      }
    }
    return endpoints;
  }

  /** The last colon parts: an IPv6 address has colons of its own. */
  private static Endpoint endpoint(String text) {
    int colon = text == null ? -1 : text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("no endpoint: " + text);
    }
    return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /**
   * A request to join.
   *
   * @param token the token's secret part
   * @param node the node as it will be known
   * @param certificateRequestPem PKCS 10 (RFC 2986), PEM
   */
  public record NewMember(String token, NewNode node, String certificateRequestPem) {
    /** Never prints the token. */
    @Override
    public String toString() {
      return "join request of " + node;
    }
  }

  /**
   * A node that wants to join.
   *
   * @param id its name
   * @param endpoints of its servers: {@code {"CLUSTER":"10.0.0.4:7001"}}
   */
  public record NewNode(String id, Map<String, String> endpoints) {}
}
