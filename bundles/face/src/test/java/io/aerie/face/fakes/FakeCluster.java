package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.identity.TlsMaterial;
import io.aerie.cluster.membership.Membership;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A cluster of n1 (this node), n2 and n3 (not reachable); admits with the token "good" only. */
public final class FakeCluster
    implements ClusterIdentity, ClusterAdmission, ClusterDeparture, Membership {
  /** When issued tokens expire. */
  public static final Instant EXPIRES = Instant.parse("2030-01-01T00:00:00Z");

  private JoinRequest admitted;
  private Duration issued;
  private boolean stubborn;
  private FakeSteps departures = new FakeSteps();
  private final List<NodeId> shutOut = new ArrayList<>();
  private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();
  private final TreeMap<Integer, MemberView> members =
      new TreeMap<>(
          Map.of(
              1,
              new MemberView(member(1), true),
              2,
              new MemberView(member(2), true),
              3,
              new MemberView(member(3), false)));

  /** The last request that was admitted. */
  public JoinRequest admitted() {
    return admitted;
  }

  /** The validity of the last token, or null. */
  public Duration issued() {
    return issued;
  }

  /** A member of that number. */
  public static Member member(int number) {
    return new Member(
        new NodeId("n" + number),
        Map.of(
            Service.CLUSTER, new Endpoint("127.0.0.1", 7000 + number),
            Service.REST, new Endpoint("127.0.0.1", 8000 + number),
            Service.ISCSI, new Endpoint("127.0.0.1", 3000 + number)));
  }

  @Override
  public String clusterId() {
    return "5d9c1f7e-0000-4000-8000-000000000001";
  }

  @Override
  public String clusterName() {
    return "eyrie";
  }

  @Override
  public Member self() {
    return member(1);
  }

  @Override
  public List<Member> seeds() {
    return List.of();
  }

  @Override
  public boolean founder() {
    return true;
  }

  @Override
  public TlsMaterial tls() {
    throw new UnsupportedOperationException("tests hand their own TLS to the server");
  }

  @Override
  public Path dataDirectory(String name) {
    throw new UnsupportedOperationException("faces keep no data");
  }

  @Override
  public JoinToken issueToken(Duration validity) {
    issued = validity;
    return new JoinToken("token-text", EXPIRES);
  }

  @Override
  public JoinGrant admit(JoinRequest request) {
    if (!request.token().equals("good")) {
      throw new AerieException(ErrorCode.TOKEN_INVALID, "The token is not valid");
    }
    admitted = request;
    return new JoinGrant(
        clusterId(), clusterName(), List.of(member(1), member(2)), "CERT", "CA", "KEY");
  }

  @Override
  public List<MemberView> members() {
    return List.copyOf(members.values());
  }

  /** Whether a member is there, and reached. */
  public void reach(int number, boolean reachable) {
    members.put(number, new MemberView(member(number), reachable));
    MembershipEvent.Kind kind =
        reachable ? MembershipEvent.Kind.REACHABLE : MembershipEvent.Kind.UNREACHABLE;
    List.copyOf(listeners)
        .forEach(listener -> listener.accept(new MembershipEvent(kind, member(number))));
  }

  /** Where to write down what is asked of nodes that leave. */
  public void departures(FakeSteps steps) {
    departures = steps;
  }

  /** Nodes that were shut out. */
  public List<NodeId> shutOut() {
    return shutOut;
  }

  /** They don't end when they are shut out. */
  public void stayStubbornly() {
    stubborn = true;
  }

  @Override
  public CompletableFuture<Boolean> isListed(NodeId node) {
    return CompletableFuture.completedFuture(
        !shutOut.contains(node)
            && members.values().stream().anyMatch(view -> view.member().id().equals(node)));
  }

  @Override
  public CompletableFuture<Void> announce(NodeId node) {
    return CompletableFuture.completedFuture(departures.take("announce " + node, () -> null));
  }

  /** It ends at once, if it is there. */
  @Override
  public CompletableFuture<Void> shutOut(NodeId node) {
    return CompletableFuture.completedFuture(
        departures.take(
            "shut out " + node,
            () -> {
              shutOut.add(node);
              int number = Integer.parseInt(node.value().substring(1));
              if (!stubborn && members.containsKey(number)) {
                reach(number, false);
              }
              return null;
            }));
  }

  /** The certificate with the key "aa" was. */
  @Override
  public Optional<Instant> removed(String key, String serial) {
    return key.equals("aa") ? Optional.of(EXPIRES) : Optional.empty();
  }

  @Override
  public void forget(Set<NodeId> removed) {
    throw new UnsupportedOperationException("faces forget nobody");
  }

  @Override
  public Subscription listen(Consumer<MembershipEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
