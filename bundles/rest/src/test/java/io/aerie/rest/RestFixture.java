package io.aerie.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.audit.AuditLog;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import io.aerie.face.fakes.FakeAudit;
import io.aerie.face.fakes.FakeCertificates;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeLdap;
import io.aerie.face.fakes.FakeLogMove;
import io.aerie.face.fakes.FakeRebuild;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeTokens;
import io.aerie.face.fakes.FakeTransfer;
import io.aerie.face.fakes.FakeUsers;
import io.aerie.rest.http.ConnectionGuard.Limits;
import io.aerie.storage.admin.StorageAdministration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * The real server with its real TLS on a free port of loopback, over fakes. One server serves all
 * tests; each test has fakes of its own.
 */
final class RestFixture {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final SSLContext TLS = tls();

  /** Short, so that what a heartbeat does is seen soon. */
  private static final Duration HEARTBEAT = Duration.ofMillis(200);

  /** More than what all are drained of, and than other bodies have. */
  static final int FILE_BYTES_MAX = 9 << 20;

  final FakeCluster cluster = new FakeCluster();
  final FakeConfig config = new FakeConfig();
  final FakeTransfer transfer = new FakeTransfer();
  final FakeRebuild rebuild = new FakeRebuild();
  final FakeLogMove logMove = new FakeLogMove();
  final FakeUsers users = new FakeUsers();
  final FakeLdap ldap = new FakeLdap();
  final FakeCertificates certificates = new FakeCertificates();
  final FakeTokens tokens = new FakeTokens(users);
  final FakeAudit audit = new FakeAudit();
  final FakeStorage storage = new FakeStorage();
  final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, cluster)
          .with(ClusterAdmission.class, cluster)
          .with(ClusterDeparture.class, cluster)
          .with(Membership.class, cluster)
          .with(ConfigStore.class, config)
          .with(ConfigTransfer.class, transfer)
          .with(ConfigRebuild.class, rebuild)
          .with(ConfigLogMove.class, logMove)
          .with(UserDirectory.class, users)
          .with(LdapDirectory.class, ldap)
          .with(RestCertificate.class, certificates)
          .with(AuthorityRotation.class, certificates)
          .with(TokenDirectory.class, tokens)
          .with(AuditLog.class, audit)
          .with(StorageAdministration.class, storage);

  private static final Current CURRENT = new Current();
  private static final RestServer SERVER = server();
  private static final HttpClient CLIENT = HttpClient.newBuilder().sslContext(TLS).build();

  RestFixture() {
    CURRENT.subsystems = subsystems;
  }

  /** The fakes of the test that runs. */
  private static final class Current implements Subsystems {
    private volatile Subsystems subsystems;

    @Override
    public <T> Optional<T> find(Class<T> type) {
      return subsystems.find(type);
    }

    @Override
    public List<NamedLog> logs() {
      return subsystems.logs();
    }

    @Override
    public List<HealthProblem> healthProblems() {
      return subsystems.healthProblems();
    }
  }

  /** An answer: status, headers, body. */
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    JsonNode json() {
      try {
        return JSON.readTree(response.body());
      } catch (IOException e) {
        throw new IllegalStateException("no JSON: " + response.body(), e);
      }
    }

    String code() {
      return json().path("code").asText();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }

  Answer get(String path) throws Exception {
    return call("administrator", "GET", path, null);
  }

  Answer post(String path, String body) throws Exception {
    return call("administrator", "POST", path, body);
  }

  /** With user "ROLE" and its password; headers in pairs. */
  Answer call(String user, String method, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request = request(path);
    if (user != null) {
      request.header("Authorization", basic(user, "secret-" + user));
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return send(
        request.method(
            method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("https://127.0.0.1:" + SERVER.port() + "/api/v1/" + path));
  }

  Answer send(HttpRequest.Builder request) throws Exception {
    return new Answer(CLIENT.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8)));
  }

  /** The lines of an answer that goes on. */
  HttpResponse<Stream<String>> lines(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofLines());
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static RestServer server() {
    try {
      return RestServer.start(
          "127.0.0.1", 0, TLS, Limits.DEFAULT, CURRENT, HEARTBEAT, FILE_BYTES_MAX);
    } catch (Exception e) {
      throw new IllegalStateException("the server does not start", e);
    }
  }

  private static SSLContext tls() {
    try {
      return TestCertificate.context();
    } catch (Exception e) {
      throw new IllegalStateException("the platform can't make a certificate", e);
    }
  }
}
