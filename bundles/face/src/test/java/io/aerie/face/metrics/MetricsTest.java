package io.aerie.face.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ByteSize;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterIdentity;
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
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.block.VolumeTraffic;
import io.aerie.storage.block.VolumeTraffic.Traffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Figures are those of the subsystems. */
class MetricsTest {
  private final FakeStorage storage = new FakeStorage();
  private final FakeCluster cluster = new FakeCluster();
  private final FakeSubsystems subsystems =
      new FakeSubsystems()
          .with(ClusterIdentity.class, cluster)
          .with(Membership.class, cluster)
          .with(ClusterAdmission.class, cluster)
          .with(ConfigStore.class, new FakeConfig())
          .with(UserDirectory.class, new FakeUsers())
          .with(StorageAdministration.class, storage)
          .with(new NamedLog("config", new FakeLog("n1", "n2")));

  private double value(Metric metric, String... labels) {
    Map<String, String> wanted = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    List<Double> values =
        Metrics.of(subsystems).stream()
            .filter(view -> view.id().equals(metric.metricName()))
            .flatMap(view -> view.samples().stream())
            .filter(sample -> sample.labels().equals(wanted))
            .map(Sample::value)
            .toList();
    assertThat(values).as(metric + " " + wanted).hasSize(1);
    return values.get(0);
  }

  @Test
  void shouldCountObjectsByState() {
    storage.addNode("n2");
    storage.addDisk("/dev/sdb", "default", false, false).join();
    storage.addDisk("/dev/sdc", "default", false, false).join();
    storage.goDown(storage.disks().get(1).id());
    for (String name : List.of("v1", "v2")) {
      storage
          .createVolume(name, ByteSize.parse("1G"), "default", Protection.parse("rf2"), false)
          .join();
    }
    assertThat(value(Metric.NODES, "state", "up")).isEqualTo(2);
    assertThat(value(Metric.DISKS, "state", "up", "duty", "serving")).isEqualTo(1);
    assertThat(value(Metric.DISKS, "state", "down", "duty", "serving")).isEqualTo(1);
    assertThat(value(Metric.VOLUMES, "pool", "default", "state", storage.volumes().get(0).state()))
        .isEqualTo(2);
    assertThat(value(Metric.POOL_CAPACITY_BYTES, "pool", "default"))
        .isEqualTo((double) storage.pools().get(0).capacityBytes());
    assertThat(value(Metric.MEMBERS_REACHABLE)).isEqualTo(2);
    assertThat(value(Metric.LOG_MEMBERS, "log", "config")).isEqualTo(2);
    assertThat(value(Metric.LOG_LEADER, "log", "config")).isZero();
    assertThat(value(Metric.ALERTS, "severity", "critical")).isZero();
    assertThat(value(Metric.ALERTS, "severity", "warning")).isEqualTo(3);
    assertThat(value(Metric.NODE_HEAP_USED_BYTES)).isPositive();
    assertThat(value(Metric.NODE_PROCESSOR_SECONDS_TOTAL)).isPositive();
  }

  @Test
  void shouldTellWhatClientsAskedOfVolumes() {
    Traffic writes = new Traffic("v1", "write", 7, 1, 28672, 3_500_000_000L);
    VolumeTraffic volumes = () -> List.of(writes);
    subsystems.with(VolumeTraffic.class, volumes);
    String[] labels = {"volume", "v1", "operation", "write"};
    assertThat(value(Metric.VOLUME_OPERATIONS_TOTAL, labels)).isEqualTo(7);
    assertThat(value(Metric.VOLUME_FAILURES_TOTAL, labels)).isEqualTo(1);
    assertThat(value(Metric.VOLUME_BYTES_TOTAL, labels)).isEqualTo(28672);
    assertThat(value(Metric.VOLUME_OPERATION_SECONDS_TOTAL, labels)).isEqualTo(3.5);
  }

  @Test
  void shouldLeaveOutWhatIsAway() {
    subsystems.remove(StorageAdministration.class);
    assertThat(Metrics.of(subsystems))
        .noneMatch(view -> view.id().equals(Metric.NODES.metricName()))
        .anyMatch(view -> view.id().equals(Metric.NODE_UPTIME_SECONDS.metricName()));
    assertThat(value(Metric.ALERTS, "severity", "critical")).isEqualTo(1);
  }

  @Test
  void shouldBeWrittenDown() throws Exception {
    String page = Files.readString(Path.of("../../docs/metrics.md"));
    for (Metric metric : Metric.values()) {
      String labels = String.join(", ", Arrays.asList(metric.labels()));
      assertThat(page)
          .contains(
              "| `"
                  + metric.metricName()
                  + "` | "
                  + metric.type()
                  + " | "
                  + labels
                  + " | "
                  + metric.help()
                  + " |");
    }
    assertThat(page.lines().filter(line -> line.startsWith("| `aerie_")))
        .hasSize(Metric.values().length);
  }
}
