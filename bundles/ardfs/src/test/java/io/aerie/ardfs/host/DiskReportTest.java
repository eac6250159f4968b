package io.aerie.ardfs.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.engine.node.NodeStatus.Quarantined;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a node tells of its disks is what the others hear. */
class DiskReportTest {
  private static final UUID DISK = new UUID(-1, 2);

  @Test
  void shouldTellAll() {
    DiskReport report =
        new DiskReport(
            Map.of(DISK, 5L, new UUID(3, 4), 0L),
            List.of(
                new Quarantined(DISK, Long.MAX_VALUE - 1, 7, 1L << 40),
                new Quarantined(DISK, 8, 0, 0)));
    assertThat(DiskReport.decode(report.encode())).isEqualTo(report);
    assertThat(DiskReport.decode(DiskReport.NONE.encode())).isEqualTo(DiskReport.NONE);
  }

  @Test
  void shouldReadWhatAnOlderNodeTells() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(1);
    out.writeLong(-1);
    out.writeLong(2);
    out.writeLong(5);
    assertThat(DiskReport.decode(bytes.toByteArray()))
        .isEqualTo(new DiskReport(Map.of(DISK, 5L), List.of()));
  }
}
