package io.aerie.cluster.node.certificate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.cluster.node.departure.RemovalInquiry;
import io.aerie.cluster.node.departure.RemovedNode;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Refused;
import io.aerie.config.MemoryConfigStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A removed node learns that it was, from a member's REST and from nobody else. */
@Timeout(60)
class RemovalInquiryTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final Instant WHEN = Instant.parse("2026-11-22T12:00:00Z");

  private final List<String> queries = new ArrayList<>();
  private final List<RemovedNode> told = new ArrayList<>();
  private int status = 200;
  @TempDir private Path folder;
  private HttpsServer server;
  private StoredIdentity n1;
  private StoredIdentity n2;

  @BeforeEach
  void aMemberThatAnswers() throws Exception {
    CertificateAuthority authority = TestMember.authority();
    n1 = member("n1", "n1", authority);
    n2 = member("n2", "n2", authority);
    serve(n1);
  }

  private StoredIdentity member(String name, String data, CertificateAuthority authority)
      throws Exception {
    TestMember member =
        TestMember.make(name, folder.resolve(data), new MemoryConfigStore(), authority);
    member.stop();
    return member.identity();
  }

  private void serve(StoredIdentity by) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(by.restContext()));
    server.createContext("/api/v1/cluster/members/removed", this::answer);
    server.start();
    n2.memberSeen(
        new Member(
            N1, Map.of(Service.REST, new Endpoint("127.0.0.1", server.getAddress().getPort()))));
  }

  private void answer(HttpExchange exchange) throws IOException {
    queries.add(exchange.getRequestURI().getQuery());
    byte[] body = ("{\"removed\":\"" + WHEN + "\"}").getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void look(Optional<ReplicatedLog> configLog) {
    try (RemovalInquiry inquiry = new RemovalInquiry(n2, () -> configLog, told::add)) {
      inquiry.look();
    }
  }

  /** A log of which only the status matters. */
  private static Optional<ReplicatedLog> log(
      Role role, Optional<NodeId> leader, NodeId... members) {
    LogStatus status = new LogStatus("hand", role, leader, 1, 1, 1, 0, List.of(members));
    return Optional.of(
        (ReplicatedLog)
            Proxy.newProxyInstance(
                ReplicatedLog.class.getClassLoader(),
                new Class<?>[] {ReplicatedLog.class},
                (proxy, method, arguments) -> status));
  }

  @Test
  void shouldBeToldByAMemberWhileConfigDbIsAway() {
    look(Optional.empty());
    assertThat(told).containsExactly(new RemovedNode(N2, WHEN, Set.of(), Set.of()));
    assertThat(queries)
        .containsExactly(
            "key="
                + Keys.fingerprint(n2.certificate().getPublicKey().getEncoded())
                + "&serial="
                + n2.certificateSerial());
  }

  @Test
  void shouldAskWhenTheLogHasNoLeaderOrItIsOutOfIt() {
    look(log(Role.FOLLOWER, Optional.empty(), N1, N2));
    look(log(Role.CLOSED, Optional.of(N1), N1, N2));
    look(log(Role.JOINING, Optional.of(N1), N1, N2));
    look(log(Role.FOLLOWER, Optional.of(N1), N1));
    assertThat(told).hasSize(4);
  }

  @Test
  void shouldNotAskWhileItHasItsPartInTheLog() {
    look(log(Role.FOLLOWER, Optional.of(N1), N1, N2));
    assertThat(queries).isEmpty();
  }

  @Test
  void shouldGoOnWhenNobodyTellsThatItWasRemoved() throws Exception {
    status = 404;
    look(Optional.empty());
    server.stop(0);
    look(Optional.empty());
    assertThat(queries).hasSize(1);
    assertThat(told).isEmpty();
  }

  @Test
  void shouldBelieveNeitherAnotherClustersNodeNorARemovedOne() throws Exception {
    n2.refuse(
        new Refused(
            Set.of(Keys.fingerprint(n1.certificate().getPublicKey().getEncoded())), Set.of()));
    look(Optional.empty());
    server.stop(0);
    n2.refuse(Refused.NONE);
    serve(member("n1", "other", TestMember.authority()));
    look(Optional.empty());
    assertThat(told).isEmpty();
    assertThat(queries).isEmpty();
  }
}
