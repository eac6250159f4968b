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
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.StorageAdministration;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

  private static NodeId id(String name) {
    return new NodeId(name);
  }

  @BeforeEach
  void fourNodes() {
    subsystems.with(new NamedLog("rcd", rcd)).with(new NamedLog("config", config));
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
    assertThat(storage.departures()).isEmpty();
    assertThat(cluster.shutOut()).isEmpty();
    assertThat(rcd.members).hasSize(4);
    assertThat(config.members).hasSize(4);
  }

  @Test
  void shouldRemoveADeadNodeEverywhere() {
    ObjectNode removed = remove("n3");
    assertThat(removed.path("id").asText()).isEqualTo("n3");
    assertThat(removed.path("explanation").toString())
        .contains("not reached", "goes on with 2 of them");
    assertThat(storage.departures()).containsExactly("retire n3", "forget n3");
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
    rcd.members.removeAll(List.of(id("n2"), id("n3")));
    cluster.reach(3, true);
    assertRefused(ErrorCode.PRECONDITION_FAILED, () -> remove("n4"));
    assertThat(storage.departures()).isEmpty();
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

  /** Taken out of a log while it runs it would ask to be taken in again. */
  @Test
  void shouldKeepInTheLogsWhoDoesNotEnd() {
    cluster.reach(3, true);
    cluster.stayStubbornly();
    assertRefused(
        ErrorCode.TIMED_OUT,
        () -> new NodeDeparture(subsystems, id("n4"), Duration.ofMillis(50)).remove(ANY, false));
    assertThat(rcd.members).contains(id("n4"));
    cluster.reach(4, false);
    assertThat(remove("n4").path("id").asText()).isEqualTo("n4");
    assertThat(rcd.members).doesNotContain(id("n4"));
  }
}
