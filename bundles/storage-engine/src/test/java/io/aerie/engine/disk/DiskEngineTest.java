package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The engine's promises one by one; {@link DiskEngineModelTest} mixes them. */
class DiskEngineTest {
  private static final StreamKey STREAM = new StreamKey(1, 7);
  private static final BlockKey BLOCK = new BlockKey(11, 0);
  private static final long RING_BYTES = 512 * 1024;

  private SimulatedDevice device = Disks.formatted(1, 8, RING_BYTES);
  private DiskEngine engine;

  private void begin() {
    engine = Disks.open(device);
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(Disks.fresh(STREAM, 1), based);
    device.run();
    assertThat(based.ok()).isTrue();
  }

  private Disks.Result<Void> append(long sequence, BlockKey block, int page) {
    Disks.Result<Void> result = new Disks.Result<>();
    Point point = new Point(1, sequence);
    engine.append(Disks.write(STREAM, point, block, page, Disks.pages(sequence, 1)), result);
    return result;
  }

  private void write(long sequence, BlockKey block, int page) {
    Disks.Result<Void> result = append(sequence, block, page);
    device.run();
    assertThat(result.error).isNull();
    assertThat(result.calls).isEqualTo(1);
  }

  private void settle(long sequence) {
    engine.advance(STREAM, new Point(1, sequence));
  }

  private void close() {
    Disks.Result<Void> closed = new Disks.Result<>();
    engine.close(closed);
    device.run();
    assertThat(closed.error).isNull();
  }

  private Disks.Result<ByteBuffer> read(int page) {
    Disks.Result<ByteBuffer> result = new Disks.Result<>();
    engine.read(BLOCK, page, 1, result);
    assertThat(result.calls).isZero();
    device.run();
    return result;
  }

  private static ErrorCode code(Disks.Result<?> result) {
    assertThat(result.calls).isEqualTo(1);
    return ((AerieException) result.error).code();
  }

  private DiskLayout layout() {
    return Superblock.decode(ByteBuffer.wrap(device.peek(0, 4096))).orElseThrow().layout();
  }

  @Test
  void shouldShowEntriesOnlyUpToTheWatermark() {
    begin();
    write(1, BLOCK, 3);
    assertThat(read(3).value).isEqualTo(ByteBuffer.allocate(4096));
    assertThat(engine.inventory(STREAM)).isEmpty();
    settle(1);
    assertThat(read(3).value).isEqualTo(Disks.pages(1, 1));
    assertThat(engine.stream(STREAM).orElseThrow())
        .isEqualTo(
            new StreamState(
                STREAM, new Point(1, 1), new Point(1, 1), List.of(Point.NONE, new Point(1, 1))));
  }

  @Test
  void shouldServeFromSlotsAfterAClose() {
    begin();
    write(1, BLOCK, 3);
    settle(1);
    close();
    engine = Disks.open(device);
    assertThat(read(3).value).isEqualTo(Disks.pages(1, 1));
    assertThat(read(4).value).isEqualTo(ByteBuffer.allocate(4096));
    assertThat(engine.usage().usedBytes()).isEqualTo(Geometry.BLOCK_BYTES);
  }

  private void checkpoint() {
    engine.rest();
    engine.rest();
    device.run();
  }

  @Test
  void shouldReadAPageAgainWhoseSlotWasWrittenMeanwhile() {
    begin();
    write(1, BLOCK, 3);
    settle(1);
    checkpoint();
    Disks.Result<ByteBuffer> slow = new Disks.Result<>();
    engine.read(BLOCK, 3, 1, slow);
    device.putOff();
    write(2, BLOCK, 3);
    settle(2);
    checkpoint();
    assertThat(slow.calls).isZero();
    device.putOn();
    device.run();
    assertThat(slow.error).isNull();
    assertThat(slow.value).isEqualTo(Disks.pages(2, 1));
  }

  @Test
  void shouldPutTheLogInPlaceWhenNothingComesForAWhile() {
    begin();
    write(1, BLOCK, 3);
    settle(1);
    long before = checkpointLsn();
    engine.rest();
    device.run();
    assertThat(checkpointLsn()).isEqualTo(before);
    for (int i = 0; i < 3; i++) {
      engine.rest();
      device.run();
    }
    assertThat(checkpointLsn()).isGreaterThan(before);
    assertThat(ByteBuffer.wrap(device.peek(layout().pageOffset(0, 3), 4096)))
        .isEqualTo(Disks.pages(1, 1));
    long written = device.bytesWritten();
    engine.rest();
    device.run();
    assertThat(device.bytesWritten()).isEqualTo(written);
    device.crash();
    engine = Disks.open(device);
    assertThat(read(3).value).isEqualTo(Disks.pages(1, 1));
    assertThat(engine.stream(STREAM).orElseThrow().watermark()).isEqualTo(new Point(1, 1));
  }

  private long checkpointLsn() {
    return Stream.of(DiskLayout.SUPERBLOCK_OFFSET_A, DiskLayout.SUPERBLOCK_OFFSET_B)
        .flatMap(offset -> Superblock.decode(ByteBuffer.wrap(device.peek(offset, 4096))).stream())
        .mapToLong(Superblock::checkpointLsn)
        .max()
        .orElseThrow();
  }

  @Test
  void shouldFailOnlyTheReadOfADamagedPage() {
    begin();
    write(1, BLOCK, 3);
    settle(1);
    close();
    device.flip(layout().pageOffset(0, 3) + 100, 2);
    engine = Disks.open(device);
    assertThat(code(read(3))).isEqualTo(ErrorCode.CORRUPT);
    assertThat(read(4).error).isNull();
    Disks.Result<Object> whole = new Disks.Result<>();
    engine.readBlock(BLOCK, (image, error) -> whole.accept(image, error));
    device.run();
    assertThat(code(whole)).isEqualTo(ErrorCode.CORRUPT);
  }

  @Test
  void shouldDropATornTail() {
    begin();
    write(1, BLOCK, 0);
    append(2, BLOCK, 1);
    device.step();
    device.crash();
    engine = Disks.open(device);
    assertThat(engine.stream(STREAM).orElseThrow().last().sequence()).isBetween(1L, 2L);
  }

  @Test
  void shouldCallADamagedDurableRecordRotInsteadOfATornTail() {
    begin();
    write(1, BLOCK, 0);
    write(2, BLOCK, 1);
    device.crash();
    long secondBatch = layout().ringOffset() + 4096;
    device.flip(secondBatch + 300, 1);
    assertThat(code(Disks.tryOpen(device))).isEqualTo(ErrorCode.CORRUPT);
    device.flip(secondBatch + 300, 1);
    engine = Disks.open(device);
    assertThat(engine.stream(STREAM).orElseThrow().last()).isEqualTo(new Point(1, 2));
  }

  @Test
  void shouldCallDamageBelowTheCheckpointRot() {
    begin();
    write(1, BLOCK, 0);
    close();
    device.flip(layout().ringOffset() + 4096 + 300, 1);
    assertThat(code(Disks.tryOpen(device))).isEqualTo(ErrorCode.CORRUPT);
  }

  @Test
  void shouldRaiseTheGenerationDurablyAndShowAnOldImage() {
    begin();
    Map<Long, byte[]> image = device.snapshot();
    assertThat(engine.identity().generation()).isEqualTo(1);
    device.crash();
    engine = Disks.open(device);
    device.crash();
    engine = Disks.open(device);
    assertThat(engine.identity().generation()).isEqualTo(3);
    device.crash();
    device.restore(image);
    assertThat(Disks.open(device).identity().generation()).isEqualTo(2);
  }

  @Test
  void shouldSurviveRotOfEitherSuperblock() {
    begin();
    write(1, BLOCK, 0);
    device.crash();
    Map<Long, byte[]> image = device.snapshot();
    for (long offset : new long[] {0, 512 * 1024}) {
      device.restore(image);
      device.flip(offset + 50, 3);
      engine = Disks.open(device);
      assertThat(engine.identity().generation()).isEqualTo(2);
      assertThat(engine.stream(STREAM).orElseThrow().last()).isEqualTo(new Point(1, 1));
      device.crash();
    }
    device.flip(50, 3);
    device.flip(512 * 1024 + 50, 3);
    assertThat(code(Disks.tryOpen(device))).isEqualTo(ErrorCode.CORRUPT);
  }

  @Test
  void shouldTellEmptyOursAndForeignDevices() {
    SimulatedDevice other = new SimulatedDevice(16 * 1024 * 1024, 1);
    assertThat(inspect(other).content()).isEqualTo(DiskInspection.Content.EMPTY);
    assertThat(code(Disks.tryOpen(other))).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT);
    other.poke(1080, new byte[] {0x53, (byte) 0xef});
    assertThat(inspect(other).content()).isEqualTo(DiskInspection.Content.FOREIGN);
    DiskInspection ours = inspect(device);
    assertThat(ours.content()).isEqualTo(DiskInspection.Content.OURS);
    assertThat(ours.identity().orElseThrow().disk()).isEqualTo(Disks.DISK);
  }

  private static DiskInspection inspect(SimulatedDevice device) {
    Disks.Result<DiskInspection> result = new Disks.Result<>();
    DiskEngine.inspect(device, Disks.BUFFERS, result);
    device.run();
    assertThat(result.error).isNull();
    return result.value;
  }

  @Test
  void shouldRefuseAnotherClustersDiskAndUnknownVersionsUntouched() {
    Map<Long, byte[]> before = device.snapshot();
    Disks.Result<DiskEngine> result = new Disks.Result<>();
    DiskEngine.open(device, Disks.BUFFERS, device, new UUID(9, 9), result);
    device.run();
    assertThat(code(result)).isEqualTo(ErrorCode.CONFLICT);
    assertThat(device.snapshot()).isEqualTo(before);
    ByteBuffer page = ByteBuffer.wrap(device.peek(0, 4096));
    page.putInt(8, Superblock.FORMAT_VERSION + 1);
    page.putInt(4092, Crc.of(page, 0, 4092));
    device.poke(0, page.array());
    assertThat(code(Disks.tryOpen(device))).isEqualTo(ErrorCode.UNSUPPORTED_FORMAT);
  }

  @Test
  void shouldGoRoundTheRingManyTimesWithAnEntryInDoubt() {
    begin();
    StreamKey quiet = new StreamKey(2, 7);
    Disks.Result<Void> held = new Disks.Result<>();
    engine.base(Disks.fresh(quiet, 1), held);
    device.run();
    Disks.Result<Void> doubt = new Disks.Result<>();
    engine.append(
        Disks.write(quiet, new Point(1, 1), new BlockKey(22, 0), 0, Disks.pages(77, 1)), doubt);
    for (int i = 1; i <= 600; i++) {
      write(i, BLOCK, i % 1000);
      settle(i);
    }
    assertThat(doubt.ok()).isTrue();
    device.crash();
    engine = Disks.open(device);
    assertThat(engine.stream(STREAM).orElseThrow().last()).isEqualTo(new Point(1, 600));
    settle(600);
    assertThat(read(600).value).isEqualTo(Disks.pages(600, 1));
    assertThat(read(17).value).isEqualTo(Disks.pages(17, 1));
    engine.advance(quiet, new Point(1, 1));
    assertThat(engine.inventory(quiet)).hasSize(1);
    close();
    Superblock last = Superblock.decode(ByteBuffer.wrap(device.peek(0, 4096))).orElseThrow();
    assertThat(last.checkpointLsn()).isGreaterThan(8 * RING_BYTES);
  }

  @Test
  void shouldQueueAppendsWhenTooMuchIsInDoubtAndLetABaseOvertakeThem() {
    begin();
    Disks.Result<Void> last = null;
    for (int i = 1; i <= 100; i++) {
      last = append(i, BLOCK, i);
    }
    device.run();
    assertThat(last.calls).isZero();
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(new Base(STREAM, 2, new Point(1, 20), 0, false), based);
    device.run();
    assertThat(based.ok()).isTrue();
    assertThat(code(last)).isEqualTo(ErrorCode.CONFLICT);
    assertThat(engine.stream(STREAM).orElseThrow().history())
        .containsExactly(new Point(1, 20), new Point(2, 0));
    assertThat(read(20).value).isEqualTo(Disks.pages(20, 1));
    assertThat(read(21).value).isEqualTo(ByteBuffer.allocate(4096));
  }

  @Test
  void shouldRefuseAnEntryThatFindsNoSlotBeforeItIsLogged() {
    begin();
    int slots = (int) (engine.usage().capacityBytes() / Geometry.BLOCK_BYTES);
    for (int i = 1; i <= slots; i++) {
      write(i, new BlockKey(11, i), 0);
    }
    Disks.Result<Void> refused = append(slots + 1, new BlockKey(11, slots + 1), 0);
    device.run();
    assertThat(code(refused)).isEqualTo(ErrorCode.NO_SPACE);
    Disks.Result<Void> zero = new Disks.Result<>();
    engine.append(
        new Entry(
            STREAM, new Point(1, slots + 1), 1, new Change.Zero(new BlockKey(12, 0), 0, 1024)),
        zero);
    write(slots + 2, new BlockKey(11, 1), 5);
    assertThat(zero.ok()).isTrue();
    settle(slots + 2);
    Disks.Result<Void> deleted = new Disks.Result<>();
    engine.deleteVolume(1, deleted);
    device.run();
    assertThat(deleted.ok()).isTrue();
    assertThat(engine.usage().usedBytes()).isZero();
    assertThat(engine.streams()).isEmpty();
    device.crash();
    assertThat(Disks.open(device).streams()).isEmpty();
  }

  @Test
  void shouldDeleteOneStreamOfAVolumeForGood() {
    begin();
    write(1, BLOCK, 0);
    settle(1);
    StreamKey other = new StreamKey(STREAM.volume(), STREAM.group() + 1);
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(new Base(other, 1, Point.NONE, 0, false), based);
    device.run();
    assertThat(based.ok()).isTrue();
    Disks.Result<Void> deleted = new Disks.Result<>();
    engine.deleteStream(STREAM, deleted);
    device.run();
    assertThat(deleted.ok()).isTrue();
    assertThat(engine.usage().usedBytes()).isZero();
    assertThat(engine.streams()).extracting(StreamState::stream).containsExactly(other);
    device.crash();
    assertThat(Disks.open(device).streams()).extracting(StreamState::stream).containsExactly(other);
  }

  @Test
  void shouldFenceForGoodAfterAFailedFlush() {
    begin();
    device.failFlushes(1);
    Disks.Result<Void> failed = append(1, BLOCK, 0);
    Disks.Result<Void> behind = append(2, BLOCK, 1);
    device.run();
    assertThat(code(failed)).isEqualTo(ErrorCode.FENCED);
    assertThat(code(behind)).isEqualTo(ErrorCode.FENCED);
    Disks.Result<Void> later = new Disks.Result<>();
    engine.flush(later);
    device.run();
    assertThat(code(later)).isEqualTo(ErrorCode.FENCED);
    assertThat(code(read(0))).isEqualTo(ErrorCode.FENCED);
  }

  @Test
  void shouldCommitManyEntriesWithOneFlush() {
    begin();
    long before = device.flushes();
    for (int i = 1; i <= 10; i++) {
      append(i, BLOCK, i);
    }
    device.run();
    assertThat(engine.stream(STREAM).orElseThrow().last().sequence()).isEqualTo(10);
    assertThat(device.flushes() - before).isEqualTo(1);
  }

  @Test
  void shouldDropWhatIsInDoubtWhenAMemberReturns() {
    begin();
    write(1, BLOCK, 0);
    settle(1);
    write(2, BLOCK, 1);
    Disks.Result<Void> based = new Disks.Result<>();
    engine.base(new Base(STREAM, 3, Point.NONE, 40, true), based);
    device.run();
    device.crash();
    engine = Disks.open(device);
    StreamState state = engine.stream(STREAM).orElseThrow();
    assertThat(state.last()).isEqualTo(new Point(3, 40));
    assertThat(state.watermark()).isEqualTo(new Point(3, 40));
    assertThat(engine.inventory(STREAM).get(0).version()).isEqualTo(new Point(1, 1));
  }

  @Test
  void shouldRejectAGapAsAProgrammersError() {
    begin();
    MemberStore store = engine;
    Entry gap = Disks.write(STREAM, new Point(1, 2), BLOCK, 0, Disks.pages(1, 1));
    Disks.Result<Void> result = new Disks.Result<>();
    assertThatThrownBy(() -> store.append(gap, result)).isInstanceOf(IllegalStateException.class);
    assertThat(result.calls).isZero();
  }
}
