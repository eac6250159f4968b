package io.aerie.configdb.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.audit.AuditLog;
import io.aerie.config.audit.AuditLog.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who is refused all the time fills no log, and is in it all the same. */
class RefusalMergerTest {
  private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 10);
  private final List<Event> written = new ArrayList<>();
  private final RefusalMerger merger = new RefusalMerger(nowNs::get, written::add);

  private void refused(String user, String action) {
    merger.refused(
        new Event(
            user, "192.0.2.1", action, Map.of("volume", "v1"), "forbidden", OptionalLong.empty()));
  }

  private void passSeconds(long seconds) {
    nowNs.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    merger.writeDue();
  }

  private long refusalsTold() {
    return written.stream()
        .mapToLong(event -> Long.parseLong(event.details().getOrDefault(AuditLog.REFUSALS, "1")))
        .sum();
  }

  @Test
  void shouldWriteFewEntriesForManyRefusalsAndCountEachOfThem() {
    int refusals = 0;
    for (int second = 0; second < 3_600; second++) {
      for (int i = 0; i < 100; i++) {
        refused("eve", "DELETE /api/v1/volumes/" + refusals++);
      }
      passSeconds(1);
    }
    merger.writeAll();
    assertThat(refusalsTold()).isEqualTo(refusals);
    // 1 + 2 + 4 + ... + 32 s, then one a minute
    assertThat(written).hasSizeBetween(60, 70);
  }

  @Test
  void shouldWriteWhatIsRareAsItIs() {
    for (int i = 0; i < 5; i++) {
      refused("ada", "volume:delete");
      passSeconds(2);
    }
    assertThat(written)
        .hasSize(5)
        .allMatch(event -> event.details().equals(Map.of("volume", "v1")));
  }

  @Test
  void shouldTellTheLastRefusalAndTheActionsOfAll() {
    refused("ada", "volume:delete");
    refused("ada", "volume:create");
    refused("ada", "user:delete");
    refused("bob", "user:add");
    assertThat(written).extracting(Event::action).containsExactly("volume:delete", "user:add");
    passSeconds(1);
    assertThat(written).hasSize(3);
    Event merged = written.get(2);
    assertThat(merged.user()).isEqualTo("ada");
    assertThat(merged.action()).isEqualTo("user:delete");
    assertThat(merged.outcome()).isEqualTo("forbidden");
    assertThat(merged.details())
        .isEqualTo(
            Map.of("volume", "v1", "refusals", "2", "actions", "volume:create, user:delete"));
  }

  @Test
  void shouldTellAllToWhoReads() {
    refused("ada", "volume:delete");
    refused("ada", "volume:delete");
    merger.writeAll();
    assertThat(refusalsTold()).isEqualTo(2);
    merger.writeAll();
    assertThat(written).hasSize(2);
  }
}
