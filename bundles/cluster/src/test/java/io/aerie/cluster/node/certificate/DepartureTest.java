package io.aerie.cluster.node.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.NodeId;
import io.aerie.cluster.node.departure.ConfigDeparture;
import io.aerie.cluster.node.departure.Departures;
import io.aerie.cluster.node.departure.RemovedNode;
import io.aerie.cluster.node.identity.IdentityFolder;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.MemoryConfigStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a removed node's keys are worth, for others and for itself, now and after restarts. */
@Timeout(60)
class DepartureTest {
  private static final NodeId N2 = new NodeId("n2");

  private final MemoryConfigStore store = new MemoryConfigStore();
  private final List<Set<NodeId>> gone = new ArrayList<>();
  private final List<RemovedNode> ended = new ArrayList<>();
  @TempDir private Path folder;
  private CertificateAuthority authority;
  private StoredIdentity n1;
  private StoredIdentity n2;
  private ConfigDeparture departure;

  @BeforeEach
  void twoMembers() throws Exception {
    authority = TestMember.authority();
    n1 = member("n1", "n1");
    n2 = member("n2", "n2");
    departure = new ConfigDeparture(n1, () -> Optional.of(store), TestMember.CLOCK);
  }

  private StoredIdentity member(String name, String data) throws Exception {
    TestMember member = TestMember.make(name, folder.resolve(data), store, authority);
    member.stop();
    StoredIdentity identity = member.identity();
    ObjectNode record = MemberJson.object();
    record.put("certificateSerial", identity.certificateSerial());
    record.put("key", Keys.fingerprint(identity.certificate().getPublicKey().getEncoded()));
    store
        .commit(
            new ConfigTransaction(
                List.of(),
                List.of(new Change.Put("cluster/nodes/" + name, "node", record.toString()))))
        .get();
    return identity;
  }

  private void look(StoredIdentity at) throws Exception {
    new Departures(at, gone::add, ended::add).step(store);
  }

  private static SSLContext tls(StoredIdentity identity) {
    return identity.tls().context();
  }

  private void assertRefused(StoredIdentity member, StoredIdentity removed) {
    assertThatThrownBy(() -> Handshake.mutual(tls(member), tls(removed)))
        .isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> Handshake.mutual(tls(removed), tls(member)))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void shouldRefuseTheKeysOfARemovedNodeAlsoAfterARestart() throws Exception {
    look(n1);
    assertThat(gone).containsExactly(Set.of());
    Handshake.mutual(tls(n1), tls(n2));
    departure.shutOut(N2).get();
    departure.shutOut(N2).get();
    assertThat(departure.isListed(N2).get()).isFalse();
    look(n1);
    assertThat(gone).last().isEqualTo(Set.of(N2));
    assertThat(ended).isEmpty();
    assertRefused(n1, n2);
    assertRefused(restarted(), n2);
  }

  private StoredIdentity restarted() throws Exception {
    return StoredIdentity.open(
        new IdentityFolder(folder.resolve("n1")), n1.self(), TestMember.CLOCK, TestMember.RANDOM);
  }

  /** From the announcement until its keys are refused, and over a restart between. */
  @Test
  void shouldTakeNobodyInWhoIsBeingRemoved() throws Exception {
    CompletableFuture<Void> announced = departure.announce(N2);
    assertThat(announced).as("not written down here").isNotDone();
    look(n1);
    announced.get();
    departure.announce(N2).get();
    assertThat(n1.leaving()).containsExactly(N2);
    assertThat(restarted().leaving()).containsExactly(N2);
    Handshake.mutual(tls(n1), tls(n2));
    departure.shutOut(N2).get();
    look(n1);
    assertThat(n1.leaving()).isEmpty();
    assertThat(restarted().leaving()).isEmpty();
    assertRefused(n1, n2);
  }

  @Test
  void shouldAnnounceNobodyWhoIsNotListed() throws Exception {
    departure.shutOut(N2).get();
    departure.announce(N2).get();
    look(n1);
    assertThat(n1.leaving()).isEmpty();
  }

  @Test
  void shouldTellWhenTheNodeWithACertificateWasRemoved() throws Exception {
    String key = Keys.fingerprint(n2.certificate().getPublicKey().getEncoded());
    assertThat(departure.removed(key, "0")).isEmpty();
    departure.shutOut(N2).get();
    assertThat(departure.removed(key, "0")).isPresent();
    assertThat(departure.removed("ff", n2.certificateSerial())).isPresent();
    assertThat(departure.removed("ff", n1.certificateSerial())).isEmpty();
  }

  @Test
  void shouldEndTheNodeThatFindsItself() throws Exception {
    departure.shutOut(N2).get();
    look(n2);
    assertThat(ended).extracting(RemovedNode::node).containsExactly(N2);
    assertThat(gone).isEmpty();
    n2.markRemoved("gone for good");
    assertThat(new IdentityFolder(folder.resolve("n2")).removed()).contains("gone for good");
    assertThat(new IdentityFolder(folder.resolve("n1")).removed()).isEmpty();
  }

  @Test
  void shouldTrustANewNodeOfTheName() throws Exception {
    departure.shutOut(N2).get();
    StoredIdentity fresh = member("n2", "fresh");
    look(n1);
    look(fresh);
    assertThat(gone).containsExactly(Set.of(), Set.of());
    assertThat(ended).isEmpty();
    Handshake.mutual(tls(n1), tls(fresh));
    assertRefused(n1, n2);
    departure.shutOut(N2).get();
    look(n1);
    assertRefused(n1, n2);
    assertRefused(n1, fresh);
  }
}
