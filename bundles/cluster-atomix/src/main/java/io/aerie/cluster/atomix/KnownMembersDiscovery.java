package io.aerie.cluster.atomix;

import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.atomix.cluster.BootstrapService;
import io.atomix.cluster.Node;
import io.atomix.cluster.discovery.BootstrapDiscoveryConfig;
import io.atomix.cluster.discovery.NodeDiscoveryConfig;
import io.atomix.cluster.discovery.NodeDiscoveryEvent;
import io.atomix.cluster.discovery.NodeDiscoveryEventListener;
import io.atomix.cluster.discovery.NodeDiscoveryProvider;
import io.atomix.utils.event.AbstractListenerManager;
import io.atomix.utils.net.Address;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Tells Atomix' heartbeat protocol whom to look for: all members that we remember. Atomix' own
 * bootstrap discovery takes a fixed list, so a member that was met later and then lost would never
 * be tried again.
 */
final class KnownMembersDiscovery
    extends AbstractListenerManager<NodeDiscoveryEvent, NodeDiscoveryEventListener>
    implements NodeDiscoveryProvider {
  private final KnownMembers known;
  private final Member self;

  KnownMembersDiscovery(KnownMembers known, Member self) {
    this.known = known;
    this.self = self;
  }

  /** The others: a node doesn't look for itself. */
  @Override
  public Set<Node> getNodes() {
    return known.all().stream()
        .filter(member -> !member.id().equals(self.id()))
        .map(KnownMembersDiscovery::node)
        .collect(Collectors.toSet());
  }

  static Node node(Member member) {
    return Node.builder().withId(member.id().value()).withAddress(address(member)).build();
  }

  static Address address(Member member) {
    return Address.from(
        member.endpoint(Service.CLUSTER).host(), member.endpoint(Service.CLUSTER).port());
  }

  @Override
  public CompletableFuture<Void> join(BootstrapService bootstrap, Node localNode) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> leave(Node localNode) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public NodeDiscoveryConfig config() {
    return new BootstrapDiscoveryConfig();
  }
}
