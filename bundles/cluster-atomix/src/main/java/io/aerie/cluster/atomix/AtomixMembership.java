package io.aerie.cluster.atomix;

import io.aerie.base.AerieException;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MembershipEvent.Kind;
import io.atomix.cluster.ClusterMembershipEvent;
import io.atomix.cluster.ClusterMembershipService;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership as this node sees it: all that {@link KnownMembers} remembers, with the reachability
 * that Atomix' heartbeats observe. Atomix forgets a member that is away for long; here it stays
 * listed as unreachable.
 *
 * <pre>
 *   unknown --JOINED, REACHABLE--> reachable --UNREACHABLE--> unreachable
 *                                      ^-------REACHABLE----------'
 *   unreachable --forget: LEFT--> unknown
 * </pre>
 */
final class AtomixMembership implements Membership {
  private static final Logger log = LoggerFactory.getLogger(AtomixMembership.class);

  private final Member self;
  private final KnownMembers known;
  private final Set<NodeId> reachable = new HashSet<>();
  private final List<Registration> listeners = new CopyOnWriteArrayList<>();

  /** Compared by identity: one listener can listen twice, and each subscription ends its own. */
  private static final class Registration {
    private final Consumer<MembershipEvent> listener;

    Registration(Consumer<MembershipEvent> listener) {
      this.listener = listener;
    }
  }

  AtomixMembership(Member self, KnownMembers known) {
    this.self = self;
    this.known = known;
    reachable.add(self.id());
  }

  @Override
  public Member self() {
    return self;
  }

  @Override
  public List<MemberView> members() {
    synchronized (reachable) {
      return known.all().stream()
          .map(member -> new MemberView(member, reachable.contains(member.id())))
          .toList();
    }
  }

  @Override
  public Subscription listen(Consumer<MembershipEvent> listener) {
    Registration registration = new Registration(listener);
    listeners.add(registration);
    return () -> listeners.remove(registration);
  }

  @Override
  public void forget(Set<NodeId> removed) {
    known.removed(removed);
    forgetSilent();
  }

  /** One that is reached is still there, whatever it may; it is listed until it isn't. */
  private void forgetSilent() {
    for (Member member : known.toForget()) {
      synchronized (reachable) {
        if (reachable.contains(member.id())) {
          continue;
        }
      }
      try {
        known.forget(member.id());
      } catch (IOException e) {
        log.error("The list of the cluster's members could not be written", e);
      }
      publish(new MembershipEvent(Kind.LEFT, member));
    }
  }

  /** Atomix' event, called from its one event thread: that keeps ours in order. */
  void observe(ClusterMembershipService service, ClusterMembershipEvent event) {
    try {
      NodeId id = new NodeId(event.subject().id().id());
      if (id.equals(self.id())) {
        return;
      }
      io.atomix.cluster.Member now = service.getMember(event.subject().id());
      Member told = MemberProperties.read(id, event.subject().properties());
      // Atomix also speaks of members that it only looks for: those come without properties
      boolean complete = told.endpoints().containsKey(Service.CLUSTER);
      boolean isNew = complete && !known.isRemoved(id) && known.remember(told);
      boolean isForgotten = known.isRemoved(id) && known.find(id).isEmpty();
      Member member = complete ? told : known.find(id).orElse(null);
      if (member == null || isForgotten) {
        return;
      }
      if (isNew) {
        publish(new MembershipEvent(Kind.JOINED, member));
      }
      boolean reachableNow = now != null && now.isReachable();
      if (change(id, reachableNow)) {
        publish(new MembershipEvent(reachableNow ? Kind.REACHABLE : Kind.UNREACHABLE, member));
      }
      forgetSilent();
    } catch (AerieException | IllegalArgumentException e) {
      log.warn("A member that can't be understood was passed over: {}", event.subject(), e);
    } catch (IOException e) {
      log.error("The list of the cluster's members could not be written", e);
    }
  }

  private boolean change(NodeId id, boolean reachableNow) {
    synchronized (reachable) {
      return reachableNow ? reachable.add(id) : reachable.remove(id);
    }
  }

  private void publish(MembershipEvent event) {
    log.info("{} {}", event.member().id(), event.kind());
    for (Registration registration : listeners) {
      try {
        registration.listener.accept(event);
      } catch (RuntimeException e) {
        log.error("A listener failed at {}", event, e);
      }
    }
  }
}
