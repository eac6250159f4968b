package io.aerie.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterAdmission.JoinGrant;
import io.aerie.cluster.identity.ClusterAdmission.JoinRequest;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.node.admission.ConfigAdmission;
import io.aerie.cluster.node.admission.TokenText;
import io.aerie.cluster.node.identity.IdentityFolder;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.join.Joiner;
import io.aerie.cluster.node.pki.CertificateRequest;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.PinnedTrust;
import io.aerie.config.MemoryConfigStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Joining as it happens: a founder behind a real HTTPS server on the loopback, that answers as the
 * REST resource does, and a second node that knows nothing but a token.
 */
@Timeout(90)
class JoiningTest {
  private final SecureRandom random = new SecureRandom();
  private final MemoryConfigStore store = new MemoryConfigStore();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger answersToLose = new AtomicInteger();
  @TempDir private Path folder;
  private TestNode founder;
  private NodeServices services;
  private HttpsServer server;

  @BeforeEach
  void found() throws Exception {
    int port = TestNode.freePort();
    founder = new TestNode(Clock.systemUTC());
    founder.configure(values("n1", Map.of("mode", "found", "port.rest", "" + port)));
    services = founder.awaitPublished();
    founder.useStore(store);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    server.setHttpsConfigurator(new HttpsConfigurator(services.identity().restContext()));
    server.createContext("/api/v1/cluster/members", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    founder.close();
  }

  private Map<String, String> values(String node, Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("node", node);
    values.put("data", folder.resolve(node).toString());
    return values;
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      JsonNode body =
          MemberJson.parse(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      JoinRequest request =
          new JoinRequest(
              body.path("token").asText(),
              MemberJson.member(body.path("node")),
              body.path("certificateRequestPem").asText());
      ObjectNode answer = MemberJson.object();
      int status = 201;
      try {
        JoinGrant grant = services.admission().admit(request);
        answer.put("clusterId", grant.clusterId());
        answer.put("clusterName", grant.clusterName());
        answer.set("members", MemberJson.write(grant.members()));
        answer.put("certificatePem", grant.certificatePem());
        answer.put("caCertificatePem", grant.caCertificatePem());
        answer.put("caKeyPem", grant.caKeyPem());
      } catch (AerieException e) {
        status = e.code().httpStatus();
        answer.put("code", e.code().code());
        answer.put("title", e.getMessage());
      }
      if (status == 201 && answersToLose.getAndDecrement() > 0) {
        return;
      }
      byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private String token() {
    return services.admission().issueToken(Duration.ofHours(1)).text();
  }

  @Test
  void shouldJoinOverPinnedTlsAndTalkMutualTlsThen() throws Exception {
    try (TestNode node = new TestNode(Clock.systemUTC())) {
      node.configure(values("n2", Map.of("mode", "join", "token", token(), "port.rest", "9443")));
      ClusterIdentity joined = node.awaitPublished().identity();
      assertThat(joined.clusterId()).isEqualTo(services.identity().clusterId());
      assertThat(joined.clusterName()).isEqualTo("aerie");
      assertThat(joined.founder()).isFalse();
      assertThat(joined.seeds()).containsExactly(services.identity().self());
      assertThat(store.documents()).containsKey("cluster/nodes/n2");
      assertThat(store.listLocal("cluster/tokens")).isEmpty();
      assertThat(folder.resolve("n2/join.pem")).doesNotExist();
      SSLContext ours = joined.tls().context();
      SSLContext theirs = services.identity().tls().context();
      assertThat(peerName(theirs, ours)).isEqualTo("CN=n2");
      assertThat(peerName(ours, theirs)).isEqualTo("CN=n1");
    }
  }

  /** The name that a server sees of a client that must show a certificate. */
  private static String peerName(SSLContext serverSide, SSLContext clientSide) throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (ServerSocket listener =
        serverSide
            .getServerSocketFactory()
            .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ((SSLServerSocket) listener).setNeedClientAuth(true);
      Future<String> seen =
          executor.submit(
              () -> {
                try (SSLSocket socket = (SSLSocket) listener.accept();
                    OutputStream out = socket.getOutputStream()) {
                  out.write(1);
                  return socket.getSession().getPeerPrincipal().getName();
                }
              });
      try (Socket socket =
              clientSide
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
          InputStream in = socket.getInputStream()) {
        assertThat(in.read()).isEqualTo(1);
      }
      return seen.get();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void shouldGetTheSameAnswerAgainWhenItWasLost() throws Exception {
    answersToLose.set(1);
    try (TestNode node = new TestNode(Clock.systemUTC())) {
      node.configure(values("n2", Map.of("mode", "join", "token", token())));
      assertThat(node.awaitPublished().identity().clusterId())
          .isEqualTo(services.identity().clusterId());
      assertThat(requests.get()).isGreaterThanOrEqualTo(2);
    }
  }

  /** As when {@code up} was broken off, and begins again. */
  @Test
  void shouldBeAdmittedWithAnotherTokenWhenTheAnswerWasLost() {
    JoinRequest first = request("n2", token());
    admit(first);
    String secret = TokenText.parse(token()).secret();
    JoinRequest again = new JoinRequest(secret, first.node(), first.certificateRequestPem());
    admit(again);
    assertThat(store.listLocal("cluster/tokens")).isEmpty();
    JoinRequest another = request("n2", token());
    assertCode(() -> admit(another), ErrorCode.ALREADY_EXISTS);
    assertThat(store.listLocal("cluster/tokens")).hasSize(1);
  }

  private Void admit(JoinRequest request) {
    services.admission().admit(request);
    return null;
  }

  @Test
  void shouldStopWhenTheTokenWasSpent() throws Exception {
    String token = token();
    join("n2", token).call();
    assertCode(join("n3", token), ErrorCode.TOKEN_INVALID);
    assertThat(folder.resolve("n3/cluster")).doesNotExist();
    assertThat(store.documents()).doesNotContainKey("cluster/nodes/n3");
  }

  @Test
  void shouldAdmitOneOfTwoWithTheSameTokenAtOnce() throws Exception {
    String token = token();
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> attempts =
          executor.invokeAll(List.of(join("n2", token), join("n3", token)));
      List<ErrorCode> refusals = new ArrayList<>();
      for (Future<Void> attempt : attempts) {
        try {
          attempt.get();
        } catch (ExecutionException e) {
          refusals.add(((AerieException) e.getCause()).code());
        }
      }
      assertThat(refusals).containsExactly(ErrorCode.TOKEN_INVALID);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void shouldRefuseANameThatExistsAndKeepTheToken() throws Exception {
    String token = token();
    join("n2", token()).call();
    Files.move(folder.resolve("n2"), folder.resolve("wiped"));
    assertCode(join("n2", token), ErrorCode.ALREADY_EXISTS);
    join("n3", token).call();
  }

  @Test
  void shouldNotTellItsSecretToAServerOfAnotherCluster() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try (ServerSocket listener =
        services
            .identity()
            .tls()
            .context()
            .getServerSocketFactory()
            .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Future<Integer> impostor = executor.submit(() -> firstByte(listener));
      TokenText token = TokenText.parse(token());
      Endpoint rest = new Endpoint("127.0.0.1", listener.getLocalPort());
      String otherPin = "0".repeat(64);
      Joiner joiner =
          joiner("n2", new TokenText(List.of(rest), otherPin, "", token.secret()).encode());
      Future<Void> joining = executor.submit(() -> joinWith(joiner, "n2"));
      // it gets the client's alert, or finds the connection closed already; never a byte of ours
      assertThatThrownBy(impostor::get).hasCauseInstanceOf(IOException.class);
      joiner.stop();
      assertThatThrownBy(joining::get).hasCauseInstanceOf(CancellationException.class);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void shouldEndTheHandshakeBecauseOfThePin() throws Exception {
    SSLContext serverSide = services.identity().tls().context();
    SSLContext wrongPin = new PinnedTrust("0".repeat(64), "").context();
    try (ServerSocket listener =
            serverSide
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client =
            wrongPin
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
      ExecutorService executor = Executors.newSingleThreadExecutor();
      Future<Integer> impostor = executor.submit(() -> firstByte(listener));
      assertThatThrownBy(() -> ((SSLSocket) client).startHandshake())
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("SHA-256 fingerprint " + "0".repeat(64));
      assertThatThrownBy(impostor::get).hasCauseInstanceOf(IOException.class);
      executor.shutdownNow();
    }
  }

  private static int firstByte(ServerSocket listener) throws IOException {
    try (Socket socket = listener.accept();
        InputStream in = socket.getInputStream()) {
      return in.read();
    }
  }

  @Test
  void shouldRefuseExpiredTokensAndForgetThem() {
    Instant now = Instant.now();
    var identity = services.identity();
    var late =
        new ConfigAdmission(
            (StoredIdentity) identity,
            () -> Optional.of(store),
            Clock.fixed(now.plus(Duration.ofHours(2)), ZoneOffset.UTC),
            random);
    JoinRequest request = request("n2", token());
    assertThatThrownBy(() -> late.admit(request))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOKEN_INVALID));
    late.issueToken(Duration.ofHours(1));
    assertThat(store.listLocal("cluster/tokens")).hasSize(1);
    assertThatThrownBy(() -> late.issueToken(Duration.ofHours(25)))
        .isInstanceOf(AerieException.class);
  }

  @Test
  void shouldSayThatItCanNotAdmitWhileConfigDbIsAway() {
    var alone =
        new ConfigAdmission(
            (StoredIdentity) services.identity(), Optional::empty, Clock.systemUTC(), random);
    assertThatThrownBy(() -> alone.issueToken(Duration.ofHours(1)))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void shouldRefuseNobodyForGoodBeforeItIsInTheListItself() {
    // what a founder was given for others comes with its own record
    var early =
        new ConfigAdmission(
            (StoredIdentity) services.identity(),
            () -> Optional.of(new MemoryConfigStore()),
            Clock.systemUTC(),
            random);
    assertThatThrownBy(() -> early.admit(request("n2", token())))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void shouldRefuseARequestForAnotherNamesKey() {
    JoinRequest good = request("n2", token());
    Member other = TestNode.settings(Map.of("node", "n9")).self();
    assertThatThrownBy(
            () ->
                services
                    .admission()
                    .admit(new JoinRequest(good.token(), other, good.certificateRequestPem())))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE));
    assertThat(store.listLocal("cluster/tokens")).hasSize(1);
  }

  private JoinRequest request(String node, String token) {
    try {
      String pem = CertificateRequest.make(Keys.make(random), new NodeId(node));
      Member member = TestNode.settings(Map.of("node", node)).self();
      assertThat(member.endpoints()).containsKey(Service.CLUSTER);
      return new JoinRequest(TokenText.parse(token).secret(), member, pem);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Joiner joiner(String node, String token) throws IOException {
    new IdentityFolder(folder.resolve(node)).prepare();
    Member self = TestNode.settings(Map.of("node", node)).self();
    return new Joiner(folder.resolve(node), self, token, random);
  }

  private Callable<Void> join(String node, String token) throws IOException {
    Joiner joiner = joiner(node, token);
    return () -> joinWith(joiner, node);
  }

  private Void joinWith(Joiner joiner, String node) throws Exception {
    joiner.join(new IdentityFolder(folder.resolve(node)));
    return null;
  }

  private static void assertCode(Callable<Void> attempt, ErrorCode code) {
    assertThatThrownBy(attempt::call)
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
