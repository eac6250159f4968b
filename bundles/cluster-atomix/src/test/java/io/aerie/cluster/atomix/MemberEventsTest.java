package io.aerie.cluster.atomix;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.event.Event;
import io.aerie.event.EventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is told of members that a test lets come and go. */
class MemberEventsTest {
  private final HandMembership membership = new HandMembership();
  private final List<String> told = new ArrayList<>();

  private static final class HandMembership implements Membership {
    final Map<String, MemberView> members = new TreeMap<>();
    private final List<Consumer<MembershipEvent>> listeners = new ArrayList<>();

    static Member member(String id) {
      return new Member(new NodeId(id), Map.of(Service.CLUSTER, new Endpoint("127.0.0.1", 7)));
    }

    void set(String id, boolean reachable) {
      members.put(id, new MemberView(member(id), reachable));
      MembershipEvent event =
          new MembershipEvent(
              reachable ? MembershipEvent.Kind.REACHABLE : MembershipEvent.Kind.UNREACHABLE,
              member(id));
      listeners.forEach(listener -> listener.accept(event));
    }

    @Override
    public Member self() {
      return member("n1");
    }

    @Override
    public List<MemberView> members() {
      return List.copyOf(members.values());
    }

    @Override
    public void forget(Set<NodeId> removed) {
      throw new UnsupportedOperationException("nobody forgets here");
    }

    @Override
    public Subscription listen(Consumer<MembershipEvent> listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }
  }

  private final class Told implements EventSource.Sink {
    @Override
    public void begin(long revision) {
      told.add("begin " + revision);
    }

    @Override
    public void applied(long revision, List<Event> events) {
      events.forEach(e -> told.add(revision + " " + e.what() + " " + e.id() + " " + e.fields()));
    }
  }

  @Test
  void shouldTellWhoComesAndGoes() {
    membership.set("n1", true);
    MemberEvents events = new MemberEvents(membership);
    membership.set("n2", true);
    Subscription following = events.follow(new Told());
    membership.set("n2", true);
    membership.set("n2", false);
    assertThat(told)
        .containsExactly(
            "begin 0",
            "1 CREATED n2 {endpoints={CLUSTER=127.0.0.1:7}, id=n2, name=n2, reachable=true}",
            "2 CHANGED n2 {reachable=false}");
    following.close();
    membership.set("n2", true);
    assertThat(told).hasSize(3);
    events.follow(new Told());
    assertThat(told.subList(3, 5)).containsExactly("begin 2", "3 CHANGED n2 {reachable=true}");
    assertThat(new MemberEvents(membership).era()).isNotEqualTo(events.era());
  }
}
