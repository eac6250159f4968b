package io.aerie.face.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.NamedLog;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeLog;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import io.aerie.storage.admin.ScrubAdministration.Scope;
import io.aerie.storage.admin.StorageAdministration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each alert comes with its cause and goes with it. */
class AlertsTest {
  private final FakeStorage storage = new FakeStorage();
  private final FakeCluster cluster = new FakeCluster();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, cluster)
          .with(Membership.class, cluster)
          .with(ClusterAdmission.class, cluster)
          .with(ConfigStore.class, new FakeConfig())
          .with(UserDirectory.class, new FakeUsers())
          .with(StorageAdministration.class, storage);

  /** The fakes begin with something in quarantine and a member that isn't reached. */
  @BeforeEach
  void mend() {
    assertThat(codes()).containsExactlyInAnyOrder("quarantined-data:77", "node-unreachable:n3");
    storage.forgetQuarantined("77", false).join();
    cluster.reach(3, true);
    assertThat(codes()).isEmpty();
  }

  private List<String> codes() {
    return Alerts.of(subsystems).stream().map(Alert::id).toList();
  }

  private Alert only() {
    List<Alert> alerts = Alerts.of(subsystems);
    assertThat(alerts).hasSize(1);
    return alerts.get(0);
  }

  @Test
  void shouldTellOnceOfANodeThatIsDownWithItsDisks() {
    storage.addDisk("/dev/sdb", "default", false, false).join();
    String disk = storage.disks().get(0).id();
    storage.goDown(disk);
    assertThat(only().id()).isEqualTo("disk-down:" + disk);
    assertThat(only().severity()).isEqualTo("warning");
    storage.nodeState("down");
    assertThat(codes()).containsExactlyInAnyOrder("node-down:n1", "node-not-serving:n1");
  }

  @Test
  void shouldTellOfAPoolThatIsFrozenDegradedOrFull() {
    storage.pool("default", 10, 7, 1, 10);
    assertThat(codes()).containsExactlyInAnyOrder("pool-frozen:default", "pool-degraded:default");
    assertThat(Alerts.of(subsystems)).anyMatch(alert -> alert.name().contains("2 of 10 groups"));
    storage.pool("default", 10, 10, 0, 79);
    assertThat(codes()).isEmpty();
    storage.pool("default", 10, 10, 0, 80);
    assertThat(only().code()).isEqualTo("pool-nearly-full");
    storage.pool("default", 10, 10, 0, 95);
    assertThat(only().code()).isEqualTo("pool-full");
    assertThat(only().severity()).isEqualTo("critical");
  }

  @Test
  void shouldTellWhatAScrubCouldNotRepairUntilALaterOneFindsNone() {
    storage.startScrub(Scope.ALL, null, false).join();
    assertThat(only().code()).isEqualTo("scrub-unrepairable");
    storage.cleanScrub("running");
    assertThat(only().code()).isEqualTo("scrub-unrepairable");
    storage.cleanScrub("done");
    assertThat(codes()).isEmpty();
  }

  @Test
  void shouldTellOfLogs() {
    FakeLog config = new FakeLog("n1");
    subsystems.with(new NamedLog("config", config));
    assertThat(codes()).isEmpty();
    config.bytes = ReplicatedLog.BYTES_EXPECTED_MAX + 1;
    assertThat(only().id()).isEqualTo("log-oversized:config");
    config.bytes = 1;
    config.leaderless = true;
    assertThat(only().id()).isEqualTo("log-without-leader:config");
    config.leaderless = false;
    config.role = ReplicatedLog.Role.CLOSED;
    assertThat(only().name()).contains("'config' has stopped");
  }

  @Test
  void shouldTellWhatKeepsThisNodeFromServing() {
    subsystems.remove(StorageAdministration.class);
    assertThat(only().id()).isEqualTo("node-not-serving:n1");
    assertThat(only().name()).contains("Not available: storage");
    subsystems.with(StorageAdministration.class, storage);
    subsystems.with(
        new HealthProblem("ConfigDB", new AerieException(ErrorCode.CORRUPT, "/data/x is damaged")));
    assertThat(only().name()).contains("ConfigDB stays away").doesNotContain("/data");
  }

  @Test
  void shouldBeWrittenDown() throws Exception {
    String page = Files.readString(Path.of("../../docs/alerts.md"));
    for (AlertCode code : AlertCode.values()) {
      assertThat(page)
          .contains("| `" + code.code() + "` | " + code.severity().name().toLowerCase(Locale.ROOT));
    }
    assertThat(page.lines().filter(line -> line.startsWith("| `")))
        .hasSize(AlertCode.values().length);
  }
}
