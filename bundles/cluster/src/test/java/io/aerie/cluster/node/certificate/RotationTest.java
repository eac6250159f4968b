package io.aerie.cluster.node.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation.Phase;
import io.aerie.cluster.identity.AuthorityRotation.State;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.config.MemoryConfigStore;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members exchange their CA through ConfigDB's model. All along each must be able to make
 * connections with each that is up.
 */
@Timeout(180)
class RotationTest {
  private static final Set<NodeId> ALL =
      Set.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));

  @TempDir private Path folder;
  private final MemoryConfigStore store = new MemoryConfigStore();
  private final List<TestMember> members = new ArrayList<>();
  private CertificateAuthority former;

  @BeforeEach
  void start() throws Exception {
    former = TestMember.authority();
    for (String name : List.of("n1", "n2", "n3")) {
      members.add(TestMember.make(name, folder.resolve(name), store, former));
    }
  }

  @AfterEach
  void stop() {
    members.forEach(TestMember::close);
  }

  private State state() {
    return members.get(0).rotation(ALL).state();
  }

  private State rotate(boolean hold, Set<NodeId> without, boolean dryRun) throws Exception {
    return members.get(0).rotation(ALL).rotate(hold, without, dryRun).get();
  }

  /** Until it holds; meanwhile everybody who is up talks to everybody. */
  private void await(BooleanSupplier condition, TestMember... up) throws Exception {
    while (!condition.getAsBoolean()) {
      assertAllTalk(up);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void assertAllTalk(TestMember... up) throws SSLException {
    for (TestMember server : up) {
      for (TestMember client : up) {
        assertTalk(server, client);
      }
    }
  }

  /**
   * A handshake that this thread began before a phase, and is held up in over two of them, may
   * fail; one that is begun after must not. Real connections are tried again in the same way.
   */
  private static void assertTalk(TestMember server, TestMember client) throws SSLException {
    try {
      Handshake.mutual(context(server), context(client));
    } catch (SSLException e) {
      Handshake.mutual(context(server), context(client));
    }
  }

  private static SSLContext context(TestMember member) {
    return member.identity().tls().context();
  }

  private TestMember[] all() {
    return members.toArray(TestMember[]::new);
  }

  private X509Certificate issuing(int member) {
    return members.get(member).identity().authority().certificate();
  }

  @Test
  void shouldExchangeTheCaWhileAllTalkToAll() throws Exception {
    assertThat(state().phase()).isEqualTo(Phase.DONE);
    State begun = rotate(false, Set.of(), false);
    assertThat(begun.next()).isPresent();
    await(() -> state().phase() == Phase.DONE && settled(), all());
    assertAllTalk(all());
    for (int index = 0; index < 3; index++) {
      assertThat(issuing(index)).isNotEqualTo(former.certificate()).isEqualTo(issuing(0));
      assertThat(members.get(index).identity().trusted()).containsExactly(issuing(0));
    }
    // the key that only the rotation needed is gone, and a restart changes nothing
    assertThat(store.listLocal("cluster/ca").get(0).json()).doesNotContain("PRIVATE KEY");
    members.get(1).stop();
    members.get(1).start();
    assertAllTalk(all());
    // and again
    rotate(false, Set.of(), false);
    await(() -> state().phase() == Phase.DONE && state().revision() > 0 && settled(), all());
    assertAllTalk(all());
  }

  private boolean settled() {
    return members.stream()
        .allMatch(
            member ->
                member.identity().trusted().size() == 1
                    && member.identity().authority().certificate().equals(issuing(0)));
  }

  @Test
  void shouldNotTrustTheFormerCaAnyMore() throws Exception {
    TestMember outsider = TestMember.make("n4", folder.resolve("n4"), store, former);
    outsider.stop();
    Handshake.mutual(context(members.get(0)), context(outsider));
    rotate(false, Set.of(new NodeId("n4")), false);
    await(() -> state().phase() == Phase.DONE && settled(), all());
    assertThatThrownBy(() -> Handshake.mutual(context(members.get(0)), context(outsider)))
        .isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> Handshake.mutual(context(outsider), context(members.get(0))))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void shouldWaitForWhoIsDownAndTakeItThrough() throws Exception {
    TestMember down = members.get(2);
    down.stop();
    rotate(false, Set.of(), false);
    await(
        () -> state().waitingFor().equals(List.of(new NodeId("n3"))),
        members.get(0),
        members.get(1));
    assertThat(state().phase()).isEqualTo(Phase.TRUST);
    // what it knew when it went is still enough to be let in
    assertAllTalk(all());
    down.start();
    await(() -> state().phase() == Phase.DONE && settled(), all());
    assertThat(state().waitingFor()).isEmpty();
  }

  @Test
  void shouldGoOnFromDiskWhereItWas() throws Exception {
    rotate(true, Set.of(), false);
    await(() -> state().waitingFor().isEmpty(), all());
    members.get(1).stop();
    members.get(1).start();
    assertThat(members.get(1).identity().trusted()).hasSize(2);
    assertAllTalk(all());
  }

  @Test
  void shouldHoldWhenAllTrustTheNewCa() throws Exception {
    rotate(true, Set.of(), false);
    await(() -> state().waitingFor().isEmpty(), all());
    assertThat(state().phase()).isEqualTo(Phase.TRUST);
    assertThat(state().hold()).isTrue();
    assertThat(state().trusted()).hasSize(2);
    assertThat(issuing(0)).isEqualTo(former.certificate());
    rotate(false, Set.of(), false);
    await(() -> state().phase() == Phase.DONE && settled(), all());
  }

  @Test
  void shouldChangeNothingInADryRun() throws Exception {
    State foreseen =
        members.get(0).rotation(Set.of(new NodeId("n2"))).rotate(false, Set.of(), true).get();
    assertThat(foreseen.waitingFor()).containsExactly(new NodeId("n3"));
    assertThat(store.listLocal("cluster/ca")).isEmpty();
  }

  @Test
  void shouldLeaveNobodyOutWhoIsUpOrUnknown() {
    assertCode(ErrorCode.CONFLICT, "n2");
    assertCode(ErrorCode.CONFLICT, "n1");
    assertCode(ErrorCode.NOT_FOUND, "n9");
    assertThat(store.listLocal("cluster/ca")).isEmpty();
  }

  private void assertCode(ErrorCode code, String without) {
    assertThatThrownBy(() -> rotate(false, Set.of(new NodeId(without)), false))
        .satisfiesAnyOf(
            failure ->
                assertThat(failure)
                    .isInstanceOfSatisfying(
                        AerieException.class, e -> assertThat(e.code()).isEqualTo(code)),
            failure ->
                assertThat(failure)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AerieException.class)
                    .cause()
                    .extracting(cause -> ((AerieException) cause).code())
                    .isEqualTo(code));
  }

  @Test
  void shouldAdmitNobodyMeanwhile() throws Exception {
    assertThat(RotationGate.settled(store).revision()).isZero();
    rotate(true, Set.of(), false);
    assertThatThrownBy(() -> RotationGate.settled(store))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    rotate(false, Set.of(), false);
    await(() -> state().phase() == Phase.DONE && settled(), all());
    assertThat(RotationGate.settled(store).revision()).isPositive();
  }
}
