package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.OwnerRequests;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitContent;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.ExtentsView;
import io.aerie.storage.block.Extent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages of extents together are what a volume's owner says of its units. The test is the owner. */
class ExtentPagesTest implements OwnerRequests {
  private static final long UNIT = Geometry.UNIT_BYTES;
  private static final long SIZE = (70L << 30) + 4096;
  private static final int UNITS_OF_A_BLOCK = Geometry.UNITS_PER_BLOCK;

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica, new RcdClient(log), null, Optional::empty, Map::of, Map::of, this);

  /** Units that have data, or differ. */
  private final BitSet data = new BitSet();

  private final List<ExtentsRequest> asked = new ArrayList<>();

  @Override
  public CompletableFuture<Void> clearReservation(ClearReservation command) {
    throw new AssertionError("nobody clears reservations");
  }

  @Override
  public CompletableFuture<ByteBuffer> extents(ExtentsRequest what) {
    asked.add(what);
    ByteBuffer units = ByteBuffer.allocate(what.count() * UNITS_OF_A_BLOCK);
    for (int i = 0; i < units.capacity(); i++) {
      int unit = what.index() * UNITS_OF_A_BLOCK + i;
      UnitContent other = what.since() == 0 ? UnitContent.ZERO : UnitContent.SAME;
      UnitContent changed = unit % 2 == 0 ? UnitContent.ZERO : UnitContent.DATA;
      UnitContent content = what.since() == 0 ? UnitContent.DATA : changed;
      units.put(i, (data.get(unit) ? content : other).number());
    }
    return CompletableFuture.completedFuture(units);
  }

  @BeforeEach
  void makeSnapshots() {
    log.addNodes(3, 1L << 40);
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    storage.createVolume("v", new ByteSize(SIZE), "default", Protection.parse("rf2"), false).join();
    snapshot("a");
    snapshot("b");
  }

  private void snapshot(String name) {
    var made = storage.createSnapshot("v", name, false);
    VolumeRecord volume = log.leader.read(state -> state.volume("v").orElseThrow());
    log.carryOut(
        new RcdCommand.Freeze(
            volume.number(), volume.epoch(), volume.wanted(), volume.live().number()));
    log.deliver();
    assertThat(made).isCompleted();
  }

  private ExtentsView page(Optional<String> since, long offset, int limit) {
    return storage.extents("v", "b", since, offset, limit).join();
  }

  @Test
  void shouldJoinNeighboursAcrossQuestionsAndCutAtTheEnd() {
    int last = (int) (SIZE / UNIT);
    data.set(63 * UNITS_OF_A_BLOCK + 63, 65 * UNITS_OF_A_BLOCK);
    data.set(last);
    ExtentsView page = page(Optional.empty(), 0, 1000);
    long first = (63L * UNITS_OF_A_BLOCK + 63) * UNIT;
    assertThat(page.extents()).containsExactly(new Extent(first, 65 * UNIT, false));
    assertThat(page.next()).as("a page asks for so much at most").hasValue(64L << 30);
    page = page(Optional.empty(), page.next().getAsLong(), 1000);
    assertThat(page.extents()).containsExactly(new Extent(last * UNIT, 4096, false));
    assertThat(page.next()).isEmpty();
    assertThat(page.sizeBytes()).isEqualTo(SIZE);
    assertThat(asked).allMatch(what -> what.count() <= ExtentsRequest.COUNT_MAX);
    assertThat(page(Optional.empty(), first + UNIT + 5, 1000).extents().get(0))
        .as("from the middle on")
        .isEqualTo(new Extent(first + UNIT + 5, 64 * UNIT - 5, false));
  }

  @Test
  void shouldTellTheSamePageByPageAsAtOnce() {
    for (int unit = 0; unit < 100_000; unit += 977) {
      data.set(unit, unit + 3);
    }
    Optional<String> since = Optional.of("a");
    List<Extent> whole = page(since, 0, 10_000).extents();
    assertThat(whole).hasSize(3 * 103).anyMatch(Extent::zero).anyMatch(e -> !e.zero());
    List<Extent> paged = new ArrayList<>();
    OptionalLong next = OptionalLong.of(0);
    while (next.isPresent()) {
      ExtentsView page = page(since, next.getAsLong(), 7);
      assertThat(page.extents()).hasSizeLessThanOrEqualTo(7);
      assertThat(page.since()).isEqualTo(since);
      paged.addAll(page.extents());
      next = page.next();
    }
    assertThat(paged).isEqualTo(whole);
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    refused(ErrorCode.NOT_FOUND, () -> storage.extents("x", "b", Optional.empty(), 0, 1).join());
    refused(ErrorCode.NOT_FOUND, () -> storage.extents("v", "x", Optional.empty(), 0, 1).join());
    refused(ErrorCode.NOT_FOUND, () -> page(Optional.of("x"), 0, 1));
    refused(ErrorCode.INVALID_VALUE, () -> page(Optional.empty(), -1, 1));
    refused(ErrorCode.INVALID_VALUE, () -> page(Optional.empty(), SIZE + 1, 1));
    refused(ErrorCode.INVALID_VALUE, () -> page(Optional.empty(), 0, 0));
    refused(ErrorCode.INVALID_VALUE, () -> page(Optional.empty(), 0, 10_001));
    var unused = storage.createSnapshot("v", "c", false);
    refused(ErrorCode.CONFLICT, () -> storage.extents("v", "c", Optional.empty(), 0, 1).join());
    assertThat(asked).isEmpty();
  }

  private static void refused(ErrorCode code, ThrowingCallable question) {
    assertThatThrownBy(question)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
