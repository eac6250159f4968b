package io.aerie.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.membership.Membership;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeLog;
import io.aerie.face.fakes.FakeSteps;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.StorageAdministration;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes n1 (asked), n2, n4 are up, n3 is down. What is refused changes nothing; what fails goes on.
 */
class NodeDepartureTest {
  private static final OptionalLong ANY = OptionalLong.empty();

  private final FakeCluster cluster = new FakeCluster();
  private final FakeStorage storage = new FakeStorage();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(Membership.class, cluster)
          .with(ClusterDeparture.class, cluster)
          .with(StorageAdministration.class, storage);
  private final FakeLog rcd = new FakeLog("n1", "n2", "n3", "n4");
  private final FakeLog config = new FakeLog("n1", "n2", "n3", "n4");

  private final FakeSteps steps = new FakeSteps();

  private static NodeId id(String name) {
    return new NodeId(name);
  }

  @BeforeEach
  void fourNodes() {
    subsystems.with(new NamedLog("rcd", rcd)).with(new NamedLog("config", config));
    cluster.departures(steps);
    storage.departures(steps);
    cluster.reach(4, true);
    List.of("n2", "n3", "n4").forEach(storage::addNode);
  }

  private ObjectNode remove(String node) {
    return NodeDeparture.remove(subsystems, node, ANY, false);
  }

  private void assertRefused(ErrorCode code, ThrowingCallable removal) {
    assertThatThrownBy(removal)
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private void assertNothingChanged() {
    assertThat(steps.done()).isEmpty();
    assertThat(rcd.members).hasSize(4);
    assertThat(config.members).hasSize(4);
  }

  @Test
  void shouldRemoveADeadNodeEverywhere() {
    ObjectNode removed = remove("n3");
    assertThat(removed.path("id").asText()).isEqualTo("n3");
    assertThat(removed.path("explanation").toString())
        .contains("not reached", "goes on with 2 of them");
    assertThat(steps.done())
        .containsExactly("retire n3", "announce n3", "shut out n3", "forget n3");
    assertThat(cluster.shutOut()).containsExactly(id("n3"));
    assertThat(rcd.members).doesNotContain(id("n3"));
    assertThat(config.members).doesNotContain(id("n3"));
    assertRefused(ErrorCode.NOT_FOUND, () -> remove("n3"));
  }

  @Test
  void shouldRemoveANodeThatIsUpWhenTheRestIsAMajority() {
    cluster.reach(3, true);
    assertThat(remove("n4").path("explanation").toString()).contains("n4 is up");
    assertThat(rcd.members).containsExactly(id("n1"), id("n2"), id("n3"));
  }

  @Test
  void shouldChangeNothingByADryRun() {
    ObjectNode dry = NodeDeparture.remove(subsystems, "n3", ANY, true);
    assertThat(dry.path("dryRun").asBoolean()).isTrue();
    assertNothingChanged();
  }

  @Test
  void shouldRefuseWhatWouldEndAMajority() {
    assertRefused(ErrorCode.UNAVAILABLE, () -> remove("n4"));
    assertNothingChanged();
  }

  @Test
  void shouldRefuseItselfTheUnknownAndAStaleRevision() {
    assertRefused(ErrorCode.CONFLICT, () -> remove("n1"));
    assertRefused(ErrorCode.NOT_FOUND, () -> remove("n9"));
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> NodeDeparture.remove(subsystems, "n3", OptionalLong.of(1), false));
    assertNothingChanged();
  }

  @Test
  void shouldRefuseWhileALogIsAway() {
    FakeSubsystems without =
        new FakeSubsystems()
            .with(Membership.class, cluster)
            .with(ClusterDeparture.class, cluster)
            .with(StorageAdministration.class, storage)
            .with(new NamedLog("rcd", rcd));
    assertRefused(ErrorCode.UNAVAILABLE, () -> NodeDeparture.remove(without, "n3", ANY, false));
    assertNothingChanged();
  }

  @Test
  void shouldGoOnWhereAFormerTryEnded() {
    config.refusals = 1;
    rcd.members.remove(id("n3"));
    storage.forgetNode("n3").join();
    assertThat(remove("n3").path("revision").asLong()).isZero();
    assertThat(config.members).doesNotContain(id("n3"));
  }

  /** It is told so by nobody, if this node can't: then people must end it. */
  @Test
  void shouldForgetNobodyWhoDoesNotEnd() {
    cluster.reach(3, true);
    cluster.stayStubbornly();
    assertRefused(
        ErrorCode.TIMED_OUT,
        () -> new NodeDeparture(subsystems, id("n4"), Duration.ofMillis(50)).remove(ANY, false));
    assertThat(steps.done()).doesNotContain("forget n4");
    cluster.reach(4, false);
    assertThat(remove("n4").path("id").asText()).isEqualTo("n4");
    assertThat(steps.done()).last().isEqualTo("forget n4");
  }

  /** The leader of a log didn't know yet that it is to take nobody of that name in. */
  @Test
  void shouldRemoveOnceMoreWhoWasTakenInMeanwhile() {
    cluster.reach(3, true);
    config.removals = member -> rcd.members.add(member);
    assertThat(remove("n4").path("id").asText()).isEqualTo("n4");
    assertThat(rcd.members).doesNotContain(id("n4"));
  }

  /** Logs of two take no change without both. */
  private void twoNodes() {
    List<NodeId> others = List.of(id("n3"), id("n4"));
    for (FakeLog log : List.of(rcd, config)) {
      log.members.removeAll(others);
      String name = log == rcd ? "rcd" : "config";
      log.removals =
          member -> {
            boolean up =
                cluster.members().stream()
                    .anyMatch(view -> view.member().id().equals(member) && view.reachable());
            assertThat(up || !log.members.contains(member)).as("both of two").isTrue();
            steps.take(name + " without " + member, () -> log.members.remove(member));
          };
    }
  }

  @Test
  void shouldRemoveOneOfTwoFromTheLogsWhileItIsUp() {
    twoNodes();
    assertThat(remove("n2").path("explanation").toString()).contains("goes on with 1 of them");
    assertThat(steps.done())
        .containsExactly(
            "retire n2",
            "announce n2",
            "rcd without n2",
            "config without n2",
            "shut out n2",
            "forget n2");
    assertThat(rcd.members).containsExactly(id("n1"));
    assertThat(config.members).containsExactly(id("n1"));
  }

  /** What it alone knows as their leader would be lost if its keys were refused. */
  @Test
  void shouldNotShutOutWhoLeadsALogStill() {
    twoNodes();
    config.keepsLeader = true;
    assertRefused(
        ErrorCode.TIMED_OUT,
        () -> new NodeDeparture(subsystems, id("n2"), Duration.ofMillis(50)).remove(ANY, false));
    assertThat(steps.done()).doesNotContain("shut out n2");
    config.keepsLeader = false;
    assertThat(remove("n2").path("id").asText()).isEqualTo("n2");
    assertThat(cluster.shutOut()).containsExactly(id("n2"));
  }

  @Test
  void shouldRefuseOneOfTwoThatIsDeadAndSayWhatToDo() {
    twoNodes();
    cluster.reach(2, false);
    assertThatThrownBy(() -> remove("n2"))
        .isInstanceOfSatisfying(
            AerieException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(e.describe()).contains("one of two", "Start it");
            });
    assertThat(steps.done()).isEmpty();
    assertThat(rcd.members).hasSize(2);
  }

  /** It is out of one log already, and needed for the other. */
  @Test
  void shouldRefuseOneOfTwoThatDiedOnTheWayUntilItIsBack() {
    twoNodes();
    steps.fail("rcd without n2", true);
    assertRefused(ErrorCode.INTERNAL, () -> remove("n2"));
    cluster.reach(2, false);
    assertRefused(ErrorCode.UNAVAILABLE, () -> remove("n2"));
    assertThat(config.members).hasSize(2);
    cluster.reach(2, true);
    assertThat(remove("n2").path("id").asText()).isEqualTo("n2");
    assertThat(config.members).containsExactly(id("n1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "retire n2",
        "announce n2",
        "rcd without n2",
        "config without n2",
        "shut out n2",
        "forget n2"
      })
  void shouldMendByRepetitionWhatFailedAtAnyStep(String step) {
    for (boolean done : List.of(false, true)) {
      NodeDepartureTest anew = new NodeDepartureTest();
      anew.fourNodes();
      anew.twoNodes();
      anew.steps.fail(step, done);
      assertRefused(ErrorCode.INTERNAL, () -> anew.remove("n2"));
      boolean over = step.equals("forget n2") && done;
      if (over) {
        assertRefused(ErrorCode.NOT_FOUND, () -> anew.remove("n2"));
      } else {
        assertThat(anew.remove("n2").path("id").asText()).isEqualTo("n2");
      }
      assertThat(anew.rcd.members).containsExactly(id("n1"));
      assertThat(anew.config.members).containsExactly(id("n1"));
      assertThat(anew.cluster.shutOut()).contains(id("n2"));
      assertThat(anew.storage.nodes()).noneMatch(view -> view.id().equals(id("n2")));
    }
  }

  /** It died when it was out of both logs: nobody needs it any more. */
  @Test
  void shouldGoOnWithoutWhoDiedWhenItIsOutOfTheLogs() {
    twoNodes();
    steps.fail("shut out n2", false);
    assertRefused(ErrorCode.INTERNAL, () -> remove("n2"));
    cluster.reach(2, false);
    assertThat(remove("n2").path("id").asText()).isEqualTo("n2");
    assertThat(cluster.shutOut()).containsExactly(id("n2"));
  }
}
