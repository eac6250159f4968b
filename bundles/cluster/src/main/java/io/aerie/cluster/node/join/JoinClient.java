package io.aerie.cluster.node.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterAdmission.JoinGrant;
import io.aerie.cluster.identity.ClusterAdmission.JoinRequest;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.node.admission.TokenText;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.pki.PinnedTrust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST https://HOST:PORT/api/v1/cluster/members}.
 *
 * <pre>
 *  asks    {"token": secret, "node": {"id": ..., "endpoints": {"CLUSTER": "host:port", ...}},
 *           "certificateRequestPem": ...}
 *  answer  201 {"clusterId", "clusterName", "members": [{"id", "endpoints"}, ...], "certificatePem",
 *           "caCertificatePem", "caKeyPem"}, else problem details (RFC 9457) with "code"
 * </pre>
 */
final class JoinClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The member waits for ConfigDB meanwhile. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(45);

  private static final int CREATED = 201;

  private final HttpClient client;

  JoinClient(TokenText token) throws GeneralSecurityException {
    client =
        HttpClient.newBuilder()
            .sslContext(
                new PinnedTrust(token.authorityFingerprint(), token.serverFingerprint()).context())
            .connectTimeout(CONNECT_TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Asks one member. Fails with IOException when it can't be reached or is not of the cluster;
   * AerieException with the code that it answered.
   */
  CompletableFuture<JoinGrant> ask(Endpoint rest, JoinRequest request) {
    ObjectNode body = MemberJson.object();
    body.put("token", request.token());
    body.set("node", MemberJson.write(request.node()));
    body.put("certificateRequestPem", request.certificateRequestPem());
    String host = rest.host().contains(":") ? "[" + rest.host() + "]" : rest.host();
    HttpRequest post =
        HttpRequest.newBuilder(
                URI.create("https://" + host + ":" + rest.port() + "/api/v1/cluster/members"))
            .timeout(ANSWER_TIMEOUT)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, application/problem+json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    return client
        .sendAsync(post, HttpResponse.BodyHandlers.ofString())
        .thenCompose(
            response ->
                response.statusCode() == CREATED
                    ? grant(response.body())
                    : CompletableFuture.failedFuture(refusal(response)));
  }

  private static CompletableFuture<JoinGrant> grant(String body) {
    try {
      JsonNode answer = MemberJson.parse(body);
      return CompletableFuture.completedFuture(
          new JoinGrant(
              MemberJson.text(answer, "clusterId"),
              MemberJson.text(answer, "clusterName"),
              MemberJson.members(answer.path("members")),
              MemberJson.text(answer, "certificatePem"),
              MemberJson.text(answer, "caCertificatePem"),
              MemberJson.text(answer, "caKeyPem")));
    } catch (IllegalArgumentException | AerieException e) {
      return CompletableFuture.failedFuture(
          new IOException("the answer is not a grant: " + e.getMessage(), e));
    }
  }

  private static AerieException refusal(HttpResponse<String> response) {
    String text = "HTTP status " + response.statusCode();
    ErrorCode code = codeOf(response.statusCode());
    try {
      JsonNode problem = MemberJson.parse(response.body());
      String told = problem.path("code").asText();
      code =
          Arrays.stream(ErrorCode.values())
              .filter(known -> known.code().equals(told))
              .findAny()
              .orElse(code);
      text = problem.path("title").asText(text) + " " + problem.path("detail").asText("");
    } catch (IllegalArgumentException e) {
      text = text + " without problem details";
    }
    return new AerieException(code, text.strip());
  }

  /** For a proxy or an older release that sends no code of ours. */
  private static ErrorCode codeOf(int status) {
    return switch (status) {
      case 401 -> ErrorCode.UNAUTHENTICATED;
      case 403 -> ErrorCode.TOKEN_INVALID;
      case 409 -> ErrorCode.ALREADY_EXISTS;
      default ->
          status >= 400 && status < 500 && status != 404
              ? ErrorCode.INVALID_VALUE
              : ErrorCode.UNAVAILABLE;
    };
  }
}
