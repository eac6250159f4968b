package io.aerie.cluster.atomix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MembershipEvent.Kind;
import io.aerie.cluster.testing.Await;
import io.aerie.cluster.testing.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: every node sees who is there, who went and who came back; nobody known is forgotten. */
class MembershipTest {
  private static final NodeId N1 = TestCluster.node(1);
  private static final NodeId N2 = TestCluster.node(2);
  private static final NodeId N3 = TestCluster.node(3);
  private static final Duration BOUND = Duration.ofSeconds(20);

  @TempDir Path folder;
  private RunningNodes nodes;

  @BeforeEach
  void make() throws Exception {
    nodes = new RunningNodes(folder, 3);
  }

  @AfterEach
  void stop() throws Exception {
    nodes.close();
  }

  private static boolean reaches(ClusterNode node, NodeId other) {
    return node.membership().members().stream()
        .anyMatch(view -> view.member().id().equals(other) && view.reachable());
  }

  private static List<NodeId> listed(ClusterNode node) {
    return node.membership().members().stream().map(view -> view.member().id()).toList();
  }

  @Test
  void shouldMeetMembersOfMembersWithAllTheirEndpoints() throws Exception {
    ClusterNode n1 = nodes.start(N1, List.of());
    ClusterNode n2 = nodes.start(N2, List.of(N1));
    // n3 knows n1 only, and n2 nobody told of n3
    ClusterNode n3 = nodes.start(N3, List.of(N1));
    Await.until("n3 reaches n2", BOUND, () -> reaches(n3, N2));
    Await.until("n2 reaches n3", BOUND, () -> reaches(n2, N3));
    Await.until("n1 reaches both", BOUND, () -> reaches(n1, N2) && reaches(n1, N3));
    assertThat(listed(n1)).containsExactly(N1, N2, N3);
    Membership.MemberView seen = n1.membership().members().get(2);
    assertThat(seen.member()).isEqualTo(n3.membership().self());
    assertThat(seen.member().endpoints()).containsOnlyKeys(Service.values());
  }

  @Test
  void shouldTellWhenAMemberStopsAndReturns() throws Exception {
    ClusterNode n1 = nodes.start(N1, List.of());
    List<String> events = new CopyOnWriteArrayList<>();
    try (Subscription subscription =
        n1.membership().listen(event -> events.add(event.kind() + " " + event.member().id()))) {
      nodes.start(N2, List.of(N1));
      Await.until("n2 there", BOUND, () -> events.contains(Kind.REACHABLE + " n2"));
      nodes.stop(N2);
      Await.until("n2 gone", BOUND, () -> events.contains(Kind.UNREACHABLE + " n2"));
      assertThat(listed(n1)).containsExactly(N1, N2);
      assertThat(reaches(n1, N2)).isFalse();
      nodes.start(N2, List.of());
      Await.until("n2 back", BOUND, () -> reaches(n1, N2));
    }
    assertThat(events).startsWith("JOINED n2", "REACHABLE n2", "UNREACHABLE n2", "REACHABLE n2");
  }

  @Test
  void shouldFindTheOthersFromMemoryAfterARestart() throws Exception {
    ClusterNode n1 = nodes.start(N1, List.of());
    ClusterNode n2 = nodes.start(N2, List.of(N1));
    Await.until("they met", BOUND, () -> reaches(n1, N2) && reaches(n2, N1));
    nodes.stop(N1);
    nodes.stop(N2);
    ClusterNode alone = nodes.start(N1, List.of());
    assertThat(listed(alone)).containsExactly(N1, N2);
    assertThat(reaches(alone, N2)).isFalse();
    ClusterNode back = nodes.start(N2, List.of());
    Await.until("both again", BOUND, () -> reaches(alone, N2) && reaches(back, N1));
  }

  @Test
  void shouldForgetWhoWasRemovedWhenItIsSilent() throws Exception {
    ClusterNode n1 = nodes.start(N1, List.of());
    ClusterNode n2 = nodes.start(N2, List.of(N1));
    Await.until("they met", BOUND, () -> reaches(n1, N2) && reaches(n2, N1));
    List<String> events = new CopyOnWriteArrayList<>();
    try (Subscription asking =
            n1.messages().handle("greet", (from, body) -> CompletableFuture.completedFuture(body));
        Subscription listening =
            n1.membership().listen(event -> events.add(event.kind() + " " + event.member().id()))) {
      n1.membership().forget(Set.of(N2));
      assertThat(listed(n1)).as("it is there still").containsExactly(N1, N2);
      assertThatThrownBy(
              () -> n2.messages().request(N1, "greet", new byte[1], Duration.ofSeconds(5)).join())
          .hasMessageContaining("n2 was removed from the cluster");
      nodes.stop(N2);
      Await.until("n2 left", BOUND, () -> events.contains(Kind.LEFT + " n2"));
      assertThat(listed(n1)).containsExactly(N1);
    }
    nodes.stop(N1);
    assertThat(listed(nodes.start(N1, List.of()))).as("after a restart").containsExactly(N1);
  }

  @Test
  void shouldMeetANewNodeOfTheName() throws Exception {
    ClusterNode n1 = nodes.start(N1, List.of());
    n1.membership().forget(Set.of(N2));
    n1.membership().forget(Set.of());
    nodes.start(N2, List.of(N1));
    Await.until("n2 is there", BOUND, () -> reaches(n1, N2));
  }
}
