package io.aerie.cluster.node.certificate;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.node.departure.Departures;
import io.aerie.cluster.node.identity.IdentityFolder;
import io.aerie.cluster.node.identity.IdentityMaterial;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A member on disk that can be stopped and started, with what keeps its certificates. */
final class TestMember implements AutoCloseable {
  static final SecureRandom RANDOM = new SecureRandom();
  static final Clock CLOCK = Clock.systemUTC();

  private final Path data;
  private final ConfigStore store;
  private final Member self;
  private StoredIdentity identity;
  private CertificateKeeper keeper;

  private TestMember(Path data, ConfigStore store, Member self) {
    this.data = data;
    this.store = store;
    this.self = self;
  }

  static CertificateAuthority authority() throws Exception {
    return CertificateAuthority.make("id", "eyrie", 1, CLOCK, RANDOM);
  }

  /** Makes its folder and its record, and starts it. */
  static TestMember make(String name, Path data, ConfigStore store, CertificateAuthority authority)
      throws Exception {
    Map<Service, Endpoint> endpoints = new EnumMap<>(Service.class);
    endpoints.put(Service.REST, new Endpoint("127.0.0.1", 8443));
    TestMember member = new TestMember(data, store, new Member(new NodeId(name), endpoints));
    KeyPair keys = Keys.make(RANDOM);
    IdentityFolder folder = new IdentityFolder(data);
    folder.prepare();
    folder.create(
        new IdentityMaterial(
            "id",
            "eyrie",
            member.self.id(),
            false,
            authority,
            List.of(),
            keys.getPrivate(),
            authority.issue(
                keys.getPublic(),
                member.self.id(),
                StoredIdentity.hosts(member.self),
                CLOCK,
                RANDOM),
            List.of()),
        RANDOM);
    store
        .commit(
            new ConfigTransaction(
                List.of(), List.of(new Change.Put("cluster/nodes/" + name, "node", "{}"))))
        .get();
    member.start();
    return member;
  }

  void start() throws Exception {
    identity = StoredIdentity.open(new IdentityFolder(data), self, CLOCK, RANDOM);
    keeper =
        new CertificateKeeper(
            identity, CLOCK, () -> {}, new Departures(identity, gone -> {}, removed -> {}));
    keeper.useStore(Optional.of(store));
  }

  void stop() {
    keeper.close();
  }

  StoredIdentity identity() {
    return identity;
  }

  ConfigRestCertificate restCertificate() {
    return new ConfigRestCertificate(identity, () -> Optional.of(store), CLOCK);
  }

  /** As asked on this node. */
  ConfigAuthorityRotation rotation(Set<NodeId> reachable) {
    return new ConfigAuthorityRotation(
        identity, () -> Optional.of(store), () -> reachable, CLOCK, RANDOM);
  }

  @Override
  public void close() {
    stop();
  }
}
