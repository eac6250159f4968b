package io.aerie.cluster.node.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.node.identity.MemberJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A join token as it is carried: base64url (RFC 4648, section 5) of
 *
 * <pre>
 *  {"v": 1, "rest": ["host:port", ...], "ca": SHA-256 of the CA's certificate (hex),
 *   "server": SHA-256 of the certificate that is supplied for REST, if there is one, "secret": ...}
 * </pre>
 *
 * @param rest REST endpoints of members to ask
 * @param authorityFingerprint pins the cluster's CA
 * @param serverFingerprint pins the certificate that is supplied for REST; empty when there is none
 * @param secret what is spent
 */
public record TokenText(
    List<Endpoint> rest, String authorityFingerprint, String serverFingerprint, String secret) {
  private static final int VERSION = 1;

  /** The text to carry. */
  public String encode() {
    ObjectNode object = MemberJson.object();
    object.put("v", VERSION);
    ArrayNode endpoints = object.putArray("rest");
    rest.forEach(endpoint -> endpoints.add(endpoint.toString()));
    object.put("ca", authorityFingerprint);
    if (!serverFingerprint.isEmpty()) {
      object.put("server", serverFingerprint);
    }
    object.put("secret", secret);
    byte[] bytes = object.toString().getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Reads a text; TOKEN_INVALID when it is no token. */
  public static TokenText parse(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.strip());
      JsonNode object = MemberJson.parse(new String(bytes, StandardCharsets.UTF_8));
      if (object.path("v").asInt() != VERSION) {
        throw new IllegalArgumentException("unknown version");
      }
      List<Endpoint> endpoints = new ArrayList<>();
      object.path("rest").forEach(item -> endpoints.add(MemberJson.endpoint(item.asText())));
      if (endpoints.isEmpty()) {
        throw new IllegalArgumentException("no endpoints");
      }
      return new TokenText(
          endpoints,
          MemberJson.text(object, "ca"),
          object.path("server").asText(""),
          MemberJson.text(object, "secret"));
    } catch (IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.TOKEN_INVALID,
          "this is not a join token",
          "",
          "Copy the whole text of the token that a member issued.",
          e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "TokenText[rest=" + rest + ", ca=" + authorityFingerprint + "]";
  }
}
