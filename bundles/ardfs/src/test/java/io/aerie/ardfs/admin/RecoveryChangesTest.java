package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.events.StorageEvents;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.event.Event;
import io.aerie.event.EventSource;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.RecoveryView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left is listed with what it waits for, and taken only where nobody may come back. */
class RecoveryChangesTest {
  private static final long SIZE = 1L << 30;

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, Map::of, null);

  /** Events as they come. */
  private record Told(List<Event> events) implements EventSource.Sink {
    @Override
    public void begin(long revision) {
      events.clear();
    }

    @Override
    public void applied(long revision, List<Event> of) {
      events.addAll(of);
    }
  }

  private static NodeId node(int number) {
    return new NodeId("n" + number);
  }

  private static UUID disk(int number) {
    return new UUID(number, 2);
  }

  private void join(int number, long incarnation) {
    log.carryOut(
        new RcdCommand.JoinNode(
            node(number), "127.0.0.1:" + number, incarnation, new UUID(number, incarnation)));
  }

  private void leave(int number) {
    log.carryOut(new RcdCommand.LeaveNode(node(number), 1));
  }

  private CompletableFuture<Outcome<PoolView>> accept(OptionalLong revision, boolean dryRun) {
    return storage.acceptStale("default", revision, dryRun);
  }

  private void assertRefused(ErrorCode code, OptionalLong revision) {
    int commands = log.size();
    assertThatThrownBy(() -> accept(revision, false).join())
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(log.size()).as("commands").isEqualTo(commands);
  }

  /** A volume of two copies; disk 1 is stale, then disk 2, which has all, goes. */
  @BeforeEach
  void lose() {
    for (int i = 1; i <= 2; i++) {
      join(i, 1);
      log.carryOut(new RcdCommand.AddDisk(disk(i), node(i), 1, "/d", 20L << 30, 1, "default"));
    }
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    storage.createVolume("v", new ByteSize(SIZE), "default", Protection.parse("rf2"), false).join();
    assertThat(storage.recovery()).isEmpty();
    assertRefused(ErrorCode.CONFLICT, OptionalLong.empty());
    leave(1);
    leave(2);
    log.deliver();
  }

  private void bringTheStaleOne() {
    join(1, 2);
    log.carryOut(new RcdCommand.BringDisk(disk(1), node(1), 2, "/d", 20L << 30, 2));
    log.deliver();
  }

  @Test
  void shouldListWhatIsLeftAndWhatItWaitsFor() {
    assertThat(storage.recovery())
        .isNotEmpty()
        .allMatch(part -> part.disk().isEmpty())
        .allMatch(part -> part.refusal().equals(Optional.of("member-may-return")));
    bringTheStaleOne();
    List<RecoveryView> parts = storage.recovery();
    assertThat(parts.stream().mapToLong(RecoveryView::affectedBytes).sum()).isEqualTo(SIZE);
    for (RecoveryView part : parts) {
      assertThat(part.name()).isEqualTo("v");
      assertThat(part.disk()).contains(disk(1).toString());
      assertThat(part.node()).contains(node(1));
      assertThat(part.copy()).contains("stale");
      assertThat(part.staleSince().orElseThrow()).isLessThan(part.groupEpoch());
      assertThat(part.completeDisks()).containsExactly(disk(2).toString());
      assertThat(part.refusal()).contains("member-may-return");
      assertThat(part.reason().orElseThrow()).contains(disk(2).toString());
    }
    assertRefused(ErrorCode.MEMBER_MAY_RETURN, OptionalLong.empty());
  }

  @Test
  void shouldSayWhereNothingIsLeft() {
    storage.failDisk(disk(2).toString(), OptionalLong.empty(), false).join();
    assertThat(storage.recovery())
        .isNotEmpty()
        .allMatch(part -> part.refusal().equals(Optional.of("not-recoverable")));
    assertRefused(ErrorCode.NOT_RECOVERABLE, OptionalLong.empty());
  }

  @Test
  void shouldGoOnWithWhatWasListed() {
    bringTheStaleOne();
    storage.failDisk(disk(2).toString(), OptionalLong.empty(), false).join();
    List<RecoveryView> parts = storage.recovery();
    assertThat(parts).isNotEmpty().allMatch(part -> part.refusal().isEmpty());
    PoolView seen = storage.pools().get(0);
    int commands = log.size();
    assertThat(accept(OptionalLong.of(seen.revision()), true).join().explanation())
        .hasSameSizeAs(parts)
        .allMatch(sentence -> sentence.contains(disk(1).toString()));
    assertThat(log.size()).as("commands").isEqualTo(commands);
    assertRefused(ErrorCode.PRECONDITION_FAILED, OptionalLong.of(seen.revision() - 1));
    assertThat(storage.volumes().get(0).state()).isEqualTo("frozen");
    List<Event> told = new ArrayList<>();
    new StorageEvents(log.replica, "c1", Runnable::run).follow(new Told(told));

    accept(OptionalLong.of(seen.revision()), false).join();

    assertThat(told)
        .as("events")
        .anyMatch(
            event -> event.name().equals("v") && "degraded".equals(event.fields().get("state")));
    assertThat(storage.recovery()).isEmpty();
    assertThat(storage.volumes().get(0).state()).isEqualTo("degraded");
    assertRefused(ErrorCode.CONFLICT, OptionalLong.empty());
  }
}
