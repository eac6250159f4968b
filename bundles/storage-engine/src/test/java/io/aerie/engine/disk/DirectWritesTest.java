package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that goes straight to its slot (H8). */
class DirectWritesTest {
  private static final StreamKey STREAM = new StreamKey(1, 7);
  private static final BlockKey BLOCK = new BlockKey(11, 0);
  private static final int UNIT_PAGES = Geometry.PAGES_PER_UNIT;
  private static final ByteBuffer ZEROES = ByteBuffer.allocate(Geometry.PAGE_BYTES);

  /** Its records hold ten units. */
  private final SimulatedDevice device = Disks.formatted(1, 8, 4 * 1024 * 1024);

  private DiskEngine engine;

  @BeforeEach
  void begin() {
    engine = Disks.open(device);
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(Disks.fresh(STREAM, 1), based);
    device.run();
    assertThat(based.ok()).isTrue();
  }

  private void append(long sequence, Change change) {
    Disks.Result<Void> result = new Disks.Result<>();
    engine.append(new Entry(STREAM, new Point(1, sequence), 1, change), result);
    device.run();
    assertThat(result.error).isNull();
    assertThat(result.calls).isEqualTo(1);
  }

  private static Change units(BlockKey block, int unit, int count, long tag) {
    ByteBuffer data = Disks.pages(tag, count * UNIT_PAGES);
    return new Change.Write(block, unit * UNIT_PAGES, data);
  }

  private void settle(long sequence) {
    engine.advance(STREAM, new Point(1, sequence));
  }

  private void flush() {
    Disks.Result<Void> flushed = new Disks.Result<>();
    engine.flush(flushed);
    device.run();
    assertThat(flushed.ok()).isTrue();
  }

  private void checkpoint() {
    engine.rest();
    engine.rest();
    device.run();
  }

  private void reopen() {
    device.crash();
    engine = Disks.open(device);
  }

  private ByteBuffer read(int page, int count) {
    Disks.Result<ByteBuffer> result = new Disks.Result<>();
    engine.read(BLOCK, page, count, result);
    device.run();
    assertThat(result.error).isNull();
    return result.value;
  }

  private long last() {
    return engine.stream(STREAM).orElseThrow().last().sequence();
  }

  private DiskLayout layout() {
    return Superblock.decode(ByteBuffer.wrap(device.peek(0, 4096))).orElseThrow().layout();
  }

  @Test
  void shouldWriteLargeFreshDataOnce() {
    long before = device.bytesWritten();
    for (int i = 0; i < 16; i++) {
      append(i + 1, units(BLOCK, i * 4, 4, i + 1));
      settle(i + 1);
    }
    checkpoint();
    long written = device.bytesWritten() - before;
    assertThat(written).isBetween((long) Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES * 11L / 10);
    reopen();
    for (int i = 0; i < 16; i++) {
      assertThat(read(i * 4 * UNIT_PAGES, 4 * UNIT_PAGES))
          .isEqualTo(Disks.pages(i + 1, 4 * UNIT_PAGES));
    }
  }

  @Test
  void shouldShowDataOnlyUpToTheWatermark() {
    append(1, units(BLOCK, 2, 3, 1));
    assertThat(read(2 * UNIT_PAGES, 1)).isEqualTo(ZEROES);
    assertThat(engine.inventory(STREAM)).isEmpty();
    reopen();
    assertThat(last()).isEqualTo(1);
    assertThat(read(2 * UNIT_PAGES, 1)).isEqualTo(ZEROES);
    settle(1);
    assertThat(read(2 * UNIT_PAGES, 3 * UNIT_PAGES)).isEqualTo(Disks.pages(1, 3 * UNIT_PAGES));
    flush();
    reopen();
    assertThat(read(2 * UNIT_PAGES, 3 * UNIT_PAGES)).isEqualTo(Disks.pages(1, 3 * UNIT_PAGES));
    assertThat(read(UNIT_PAGES, 1)).isEqualTo(ZEROES);
  }

  @Test
  void shouldPutSmallWritesOverDataThatIsInDoubt() {
    append(1, units(BLOCK, 2, 1, 1));
    append(2, new Change.Write(BLOCK, 2 * UNIT_PAGES + 3, Disks.pages(2, 1)));
    settle(2);
    for (int round = 0; round < 2; round++) {
      assertThat(read(2 * UNIT_PAGES + 3, 1)).isEqualTo(Disks.pages(2, 1));
      assertThat(read(2 * UNIT_PAGES, 3)).isEqualTo(Disks.pages(1, 3));
      checkpoint();
      reopen();
    }
  }

  @Test
  void shouldSendCopiesAndParitiesStraightToTheirSlots() {
    List<UnitState> units =
        new ArrayList<>(Collections.nCopies(Geometry.UNITS_PER_BLOCK, UnitState.ABSENT));
    units.set(3, UnitState.PRESENT);
    units.set(4, UnitState.ZERO);
    units.set(60, UnitState.PRESENT);
    ByteBuffer data = Disks.pages(5, 2 * UNIT_PAGES);
    long before = device.bytesWritten();
    append(1, new Change.Copy(BLOCK, new Point(9, 9), 4, units, data));
    BlockKey parity = new BlockKey(11, 1);
    append(2, new Change.Parity(parity, 0, Disks.pages(6, 32), 1008, Disks.pages(7, 1)));
    assertThat(device.bytesWritten() - before).isLessThan(4 * 65536 + 5 * 4096);
    settle(2);
    for (int round = 0; round < 2; round++) {
      Disks.Result<Optional<BlockImage>> image = new Disks.Result<>();
      engine.readBlock(BLOCK, image);
      device.run();
      assertThat(image.value.orElseThrow().data()).isEqualTo(data);
      assertThat(image.value.orElseThrow().version().units()).isEqualTo(units);
      assertThat(image.value.orElseThrow().version().version()).isEqualTo(new Point(9, 9));
      Disks.Result<ByteBuffer> sums = new Disks.Result<>();
      engine.read(parity, 1008, 1, sums);
      device.run();
      assertThat(sums.value).isEqualTo(Disks.pages(7, 1));
      flush();
      reopen();
    }
  }

  /** The record survived a crash, its data did not: nobody was told of it. */
  @Test
  void shouldTakeABatchWithoutItsDataForTorn() {
    append(1, new Change.Write(BLOCK, 0, Disks.pages(1, 1)));
    append(2, units(BLOCK, 2, 1, 2));
    device.crash();
    long page = layout().pageOffset(0, 2 * UNIT_PAGES + 7);
    byte[] whole = device.peek(page, 4096);
    device.poke(page, new byte[4096]);
    engine = Disks.open(device);
    assertThat(last()).isEqualTo(1);
    assertThat(engine.usage().usedBytes()).isZero();
    device.crash();
    device.poke(page, whole);
    engine = Disks.open(device);
    assertThat(last()).as("what was dropped stays so, whatever is written there").isEqualTo(1);
    append(2, new Change.Nothing());
    reopen();
    assertThat(last()).isEqualTo(2);
  }

  /** A later commit says that the data was durable: this page is rotten, the history is whole. */
  @Test
  void shouldNotShortenHistoryForRot() {
    append(1, units(BLOCK, 2, 1, 1));
    append(2, new Change.Nothing());
    device.crash();
    device.flip(layout().pageOffset(0, 2 * UNIT_PAGES + 7) + 5, 1);
    engine = Disks.open(device);
    assertThat(last()).isEqualTo(2);
    tearLastBatch();
    engine = Disks.open(device);
    assertThat(last()).as("even a torn commit says so").isEqualTo(1);
    settle(1);
    Disks.Result<ByteBuffer> rotten = new Disks.Result<>();
    engine.read(BLOCK, 2 * UNIT_PAGES + 7, 1, rotten);
    device.run();
    assertThat(((AerieException) rotten.error).code()).isEqualTo(ErrorCode.CORRUPT);
    assertThat(read(2 * UNIT_PAGES, 7)).isEqualTo(Disks.pages(1, 7));
  }

  /** Its header stays. */
  private void tearLastBatch() {
    device.crash();
    List<DiskAnatomy.Part> batches = new DiskAnatomy(device).logBatches();
    device.flip(batches.get(batches.size() - 1).offset() + LogFormat.HEADER_BYTES + 4, 1);
  }

  /** A crash could bring the block back. */
  @Test
  void shouldLeaveAFreedSlotAloneUntilACheckpoint() {
    append(1, units(BLOCK, 2, 1, 1));
    settle(1);
    append(2, new Change.Remove(BLOCK));
    settle(2);
    Disks.Result<Void> result = new Disks.Result<>();
    BlockKey other = new BlockKey(11, 1);
    engine.append(new Entry(STREAM, new Point(1, 3), 1, units(other, 2, 1, 3)), result);
    byte[] place = device.peek(layout().pageOffset(0, 2 * UNIT_PAGES), 65536);
    device.run();
    assertThat(device.peek(layout().pageOffset(0, 2 * UNIT_PAGES), 65536)).isEqualTo(place);
    settle(3);
    checkpoint();
    append(4, units(new BlockKey(11, 2), 2, 1, 4));
    assertThat(device.peek(layout().pageOffset(0, 2 * UNIT_PAGES), 65536)).isNotEqualTo(place);
  }

  @Test
  void shouldFreeThePlaceOfWhatABaseDrops() {
    append(1, units(BLOCK, 2, 1, 1));
    assertThat(engine.usage().usedBytes()).isEqualTo(Geometry.BLOCK_BYTES);
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(new Base(STREAM, 1, Point.NONE, 1, true), based);
    device.run();
    for (int round = 0; round < 2; round++) {
      assertThat(engine.usage().usedBytes()).isZero();
      assertThat(read(2 * UNIT_PAGES, 1)).isEqualTo(ZEROES);
      reopen();
    }
    append(2, units(BLOCK, 4, 1, 2));
    settle(2);
    assertThat(read(2 * UNIT_PAGES, 1)).isEqualTo(ZEROES);
    assertThat(read(4 * UNIT_PAGES, 1)).isEqualTo(Disks.pages(2, 1));
  }

  /** The zeroes are settled in memory only: a crash brings back what they replaced. */
  @Test
  void shouldLeaveAPlaceAloneThatACrashCouldNeed() {
    append(1, units(BLOCK, 2, 2, 1));
    settle(1);
    flush();
    append(2, new Change.Zero(BLOCK, 2 * UNIT_PAGES, UNIT_PAGES));
    settle(2);
    Disks.Result<Void> result = new Disks.Result<>();
    engine.append(new Entry(STREAM, new Point(1, 3), 1, units(BLOCK, 2, 1, 3)), result);
    byte[] place = device.peek(layout().pageOffset(0, 2 * UNIT_PAGES), 65536);
    device.run();
    assertThat(device.peek(layout().pageOffset(0, 2 * UNIT_PAGES), 65536)).isEqualTo(place);
    settle(3);
    checkpoint();
    assertThat(read(2 * UNIT_PAGES, UNIT_PAGES)).isEqualTo(Disks.pages(3, UNIT_PAGES));
  }

  /** A removal in doubt will take the slot away. */
  @Test
  void shouldKeepDataThatComesAfterARemoval() {
    append(1, units(BLOCK, 2, 1, 1));
    settle(1);
    append(2, new Change.Remove(BLOCK));
    append(3, units(BLOCK, 5, 1, 3));
    settle(3);
    for (int round = 0; round < 2; round++) {
      assertThat(read(2 * UNIT_PAGES, 1)).isEqualTo(ZEROES);
      assertThat(read(5 * UNIT_PAGES, 1)).isEqualTo(Disks.pages(3, 1));
      checkpoint();
      reopen();
    }
  }

  /** Units with data of before, all durable. */
  private void fill(int units) {
    append(1, units(BLOCK, 0, 8, 1));
    for (int sequence = 2; (sequence - 1) * 8 < units; sequence++) {
      append(sequence, units(BLOCK, (sequence - 1) * 8, 8, 1));
    }
    settle(units / 8);
    checkpoint();
  }

  private byte[] place(int slot, int unit) {
    return device.peek(layout().pageOffset(slot, unit * UNIT_PAGES), Geometry.UNIT_BYTES);
  }

  @Test
  void shouldWriteLargeDataOnceThatReplacesOther() {
    fill(64);
    long before = device.bytesWritten();
    for (int i = 0; i < 8; i++) {
      append(9 + i, units(BLOCK, i * 8, 8, 2));
      settle(9 + i);
      assertThat(engine.usage().usedBytes()).isEqualTo(Geometry.BLOCK_BYTES);
    }
    checkpoint();
    long written = device.bytesWritten() - before;
    assertThat(written).isBetween((long) Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES * 11L / 10);
    for (int round = 0; round < 2; round++) {
      for (int unit = 0; unit < 64; unit += 8) {
        assertThat(read(unit * UNIT_PAGES, 8 * UNIT_PAGES))
            .isEqualTo(Disks.pages(2, 8 * UNIT_PAGES));
      }
      reopen();
    }
  }

  /** One unit lies beside its block's others, and goes back to them. */
  @Test
  void shouldKeepUnitsOfABlockInTwoSlots() {
    fill(16);
    append(3, units(BLOCK, 5, 1, 3));
    settle(3);
    checkpoint();
    append(4, new Change.Write(BLOCK, 5 * UNIT_PAGES + 3, Disks.pages(4, 1)));
    append(5, new Change.Write(BLOCK, 6 * UNIT_PAGES, Disks.pages(5, 1)));
    settle(5);
    for (int round = 0; round < 3; round++) {
      assertThat(read(5 * UNIT_PAGES, 3)).isEqualTo(Disks.pages(3, 3));
      assertThat(read(5 * UNIT_PAGES + 3, 1)).isEqualTo(Disks.pages(4, 1));
      assertThat(read(6 * UNIT_PAGES, 1)).isEqualTo(Disks.pages(5, 1));
      assertThat(read(4 * UNIT_PAGES, 1).getLong(0)).isEqualTo(tagOf(1, 4 * UNIT_PAGES));
      assertThat(DiskAnatomy.secondSlots(engine)).isEqualTo(1);
      checkpoint();
      reopen();
    }
    append(6, units(BLOCK, 5, 1, 6));
    settle(6);
    assertThat(DiskAnatomy.secondSlots(engine)).isZero();
    for (int round = 0; round < 2; round++) {
      assertThat(read(5 * UNIT_PAGES, UNIT_PAGES)).isEqualTo(Disks.pages(6, UNIT_PAGES));
      checkpoint();
      reopen();
    }
  }

  /** The first word of a page of the eight units that begin in unit 0. */
  private static long tagOf(long tag, int page) {
    return Disks.pages(tag, page + 1).getLong(page * Geometry.PAGE_BYTES);
  }

  /** Until all have the new data the old one counts: neither a crash nor a base takes it. */
  @Test
  void shouldKeepWhatIsReplacedWhileThatIsInDoubt() {
    fill(8);
    append(2, units(BLOCK, 3, 2, 2));
    for (int round = 0; round < 2; round++) {
      assertThat(read(0, 8 * UNIT_PAGES)).isEqualTo(Disks.pages(1, 8 * UNIT_PAGES));
      reopen();
    }
    assertThat(last()).isEqualTo(2);
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(new Base(STREAM, 1, new Point(1, 1), 1, false), based);
    device.run();
    assertThat(based.error).isNull();
    for (int round = 0; round < 2; round++) {
      assertThat(read(0, 8 * UNIT_PAGES)).isEqualTo(Disks.pages(1, 8 * UNIT_PAGES));
      assertThat(DiskAnatomy.secondSlots(engine)).isZero();
      reopen();
    }
  }

  /** A crash could begin with the table of before: what it names is not touched. */
  @Test
  void shouldGoThroughTheLogWhenBothPlacesAreNeeded() {
    fill(8);
    append(2, units(BLOCK, 3, 1, 2));
    settle(2);
    byte[] former = place(0, 3);
    append(3, units(BLOCK, 3, 1, 3));
    settle(3);
    append(4, units(BLOCK, 3, 1, 4));
    settle(4);
    assertThat(place(0, 3)).isEqualTo(former);
    for (int round = 0; round < 2; round++) {
      assertThat(read(3 * UNIT_PAGES, UNIT_PAGES)).isEqualTo(Disks.pages(4, UNIT_PAGES));
      checkpoint();
      reopen();
    }
    append(5, units(BLOCK, 3, 1, 5));
    assertThat(place(0, 3)).isNotEqualTo(former);
  }

  @Test
  void shouldNotWriteOverWhatIsInDoubt() {
    fill(8);
    append(2, units(BLOCK, 3, 1, 2));
    append(3, units(BLOCK, 3, 1, 3));
    settle(2);
    assertThat(read(3 * UNIT_PAGES, UNIT_PAGES)).isEqualTo(Disks.pages(2, UNIT_PAGES));
    settle(3);
    assertThat(read(3 * UNIT_PAGES, UNIT_PAGES)).isEqualTo(Disks.pages(3, UNIT_PAGES));
  }

  /** Its record is there after a crash, its data is not: what was there before is. */
  @Test
  void shouldShowTheFormerDataWhenItsReplacementIsTorn() {
    fill(8);
    append(2, units(BLOCK, 3, 1, 2));
    device.crash();
    device.poke(layout().pageOffset(1, 3 * UNIT_PAGES + 7), new byte[4096]);
    engine = Disks.open(device);
    assertThat(last()).isEqualTo(1);
    assertThat(read(0, 8 * UNIT_PAGES)).isEqualTo(Disks.pages(1, 8 * UNIT_PAGES));
    assertThat(DiskAnatomy.secondSlots(engine)).isZero();
  }

  /** As many blocks as there are slots set aside; the others' data goes through the log. */
  @Test
  void shouldMoveSoManyBlocksAtOnce() {
    fill(8);
    BlockKey other = new BlockKey(11, 1);
    append(2, units(other, 0, 8, 2));
    settle(2);
    append(3, units(BLOCK, 3, 1, 3));
    append(4, units(other, 3, 1, 4));
    settle(4);
    flush();
    assertThat(layout().secondSlotsMax()).isEqualTo(1);
    assertThat(DiskAnatomy.secondSlots(engine)).isEqualTo(1);
    assertThat(engine.usage().usedBytes()).isEqualTo(2L * Geometry.BLOCK_BYTES);
    assertThat(engine.usage().capacityBytes())
        .isEqualTo((layout().slotCount() - 1L) * Geometry.BLOCK_BYTES);
    for (int round = 0; round < 2; round++) {
      assertThat(read(3 * UNIT_PAGES, UNIT_PAGES)).isEqualTo(Disks.pages(3, UNIT_PAGES));
      Disks.Result<ByteBuffer> result = new Disks.Result<>();
      engine.read(other, 3 * UNIT_PAGES, UNIT_PAGES, result);
      device.run();
      assertThat(result.value).isEqualTo(Disks.pages(4, UNIT_PAGES));
      reopen();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void shouldOpenDisksOfFormerVersionsAndMakeThemPresentOnes(int version) {
    device.crash();
    for (long offset :
        new long[] {DiskLayout.SUPERBLOCK_OFFSET_A, DiskLayout.SUPERBLOCK_OFFSET_B}) {
      ByteBuffer page = ByteBuffer.wrap(device.peek(offset, 4096));
      page.putInt(8, version).putInt(4092, Crc.of(page, 0, 4092));
      device.poke(offset, page.array());
    }
    engine = Disks.open(device);
    assertThat(engine.stream(STREAM)).isPresent();
    assertThat(ByteBuffer.wrap(device.peek(0, 4096)).getInt(8))
        .isEqualTo(Superblock.FORMAT_VERSION);
  }
}
