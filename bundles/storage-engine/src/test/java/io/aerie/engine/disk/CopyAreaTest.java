package io.aerie.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.disk.CopyArea.Copy;
import io.aerie.engine.disk.CopyArea.Label;
import io.aerie.engine.disk.Disks.Result;
import io.aerie.engine.store.Geometry;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Copies on a disk: the two newest are there, and whatever a crash, rot or another format does, one
 * that was whole before is found again, never a wrong one.
 */
class CopyAreaTest {
  private static final long RING_BYTES = 512 * 1024;
  private static final long COPY_BYTES = 6L * 1024 * 1024;
  private static final UUID LINEAGE = new UUID(7, 7);

  private final SimulatedDevice device = new SimulatedDevice(64L * 1024 * 1024, 11);

  private void format(UUID disk, long copyBytes) {
    Result<Object> done = new Result<>();
    FormatOptions options = new FormatOptions(RING_BYTES, copyBytes);
    DiskEngine.format(
        device, Disks.BUFFERS, Disks.CLUSTER, disk, options, (id, e) -> done.accept(id, e));
    device.run();
    assertThat(done.ok()).isTrue();
  }

  private CopyArea area() {
    return Disks.open(device).copyArea().orElseThrow();
  }

  private static byte[] content(int seed, int bytes) {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (seed * 31 + i * 7 + i / 4096);
    }
    return content;
  }

  private Copy write(CopyArea area, long revision, byte[] content) {
    Result<Copy> done = new Result<>();
    area.write(new Label(LINEAGE, 1, revision, 1_000 + revision), content, done);
    device.run();
    assertThat(done.error).isNull();
    return done.value;
  }

  private List<Copy> list(CopyArea area) {
    Result<List<Copy>> done = new Result<>();
    area.list(done);
    device.run();
    assertThat(done.error).isNull();
    return done.value;
  }

  private Result<byte[]> read(CopyArea area, long number) {
    Result<byte[]> done = new Result<>();
    area.read(number, done);
    device.run();
    return done;
  }

  @Test
  void shouldKeepTheTwoNewestCopiesAcrossOpenings() {
    format(Disks.DISK, COPY_BYTES);
    CopyArea area = area();
    assertThat(list(area)).isEmpty();
    write(area, 5, content(5, 1));
    write(area, 6, content(6, 2_500_001));
    write(area, 9, content(9, 4096));
    CopyArea again = area();
    List<Copy> copies = list(again);
    assertThat(copies).extracting(copy -> copy.label().revision()).containsExactly(9L, 6L);
    assertThat(copies.get(0).label()).isEqualTo(new Label(LINEAGE, 1, 9, 1_009));
    assertThat(read(again, copies.get(0).number()).value).isEqualTo(content(9, 4096));
    assertThat(read(again, copies.get(1).number()).value).isEqualTo(content(6, 2_500_001));
  }

  @Test
  void shouldTakeWhatFitsToTheLastByteAndNoMore() {
    format(Disks.DISK, COPY_BYTES);
    CopyArea area = area();
    int max = (int) area.contentBytesMax();
    Copy full = write(area, 1, content(1, max));
    assertThat(read(area, full.number()).value).isEqualTo(content(1, max));
    Result<Copy> refused = new Result<>();
    area.write(new Label(LINEAGE, 1, 2, 0), content(2, max + 1), refused);
    device.run();
    assertThat(refused.error)
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    assertThat(list(area)).hasSize(1);
  }

  /** The power fails after each number of steps of the device in turn, until the write was done. */
  @ParameterizedTest
  @ValueSource(ints = {4096, 1_500_000})
  void shouldHaveTheFormerCopyWhateverACrashTears(int bytes) {
    format(Disks.DISK, COPY_BYTES);
    CopyArea prepared = area();
    write(prepared, 1, content(1, bytes));
    write(prepared, 2, content(2, bytes));
    var before = device.snapshot();
    boolean finished = false;
    int newest = 0;
    for (int steps = 0; !finished; steps++) {
      device.restore(before);
      CopyArea area = area();
      Result<Copy> done = new Result<>();
      area.write(new Label(LINEAGE, 1, 3, 0), content(3, bytes), done);
      for (int i = 0; i < steps && done.calls == 0; i++) {
        device.step();
      }
      finished = done.ok();
      device.crash();
      CopyArea after = area();
      List<Copy> copies = list(after);
      assertThat(copies).isNotEmpty();
      long revision = copies.get(0).label().revision();
      assertThat(revision).isBetween(finished ? 3L : 2L, 3L);
      newest += revision == 3 ? 1 : 0;
      for (Copy copy : copies) {
        assertThat(read(after, copy.number()).value)
            .isEqualTo(content((int) copy.label().revision(), bytes));
      }
    }
    assertThat(newest).isPositive();
  }

  @Test
  void shouldNotBelieveACopyThatRotted() {
    format(Disks.DISK, COPY_BYTES);
    CopyArea area = area();
    write(area, 1, content(1, 9000));
    Copy second = write(area, 2, content(2, 9000));
    long place = find(content(2, 9000));
    device.flip(place + 5000, 3);
    assertThat(list(area)).extracting(copy -> copy.label().revision()).containsExactly(1L);
    assertThat(read(area, second.number()).error)
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    write(area, 3, content(3, 9000));
    assertThat(list(area)).extracting(copy -> copy.label().revision()).containsExactly(3L, 1L);
  }

  private long find(byte[] content) {
    byte[] page = Arrays.copyOf(content, Geometry.PAGE_BYTES);
    for (long at = 0; at < device.capacityBytes(); at += Geometry.PAGE_BYTES) {
      if (Arrays.equals(device.peek(at, Geometry.PAGE_BYTES), page)) {
        return at;
      }
    }
    throw new AssertionError("the content is nowhere");
  }

  @Test
  void shouldHaveNoCopiesAfterTheDiskWasFormattedAgain() {
    format(Disks.DISK, COPY_BYTES);
    var image = device.snapshot();
    CopyArea area = area();
    write(area, 1, content(1, 100));
    byte[] header = device.peek(find(content(1, 100)) - Geometry.PAGE_BYTES, Geometry.PAGE_BYTES);
    long place = find(header);
    device.restore(image);
    format(new UUID(3, 3), COPY_BYTES);
    // as if the wiping had been lost: the header names another disk
    device.poke(place, header);
    assertThat(list(area())).isEmpty();
  }

  @Test
  void shouldOpenADiskWithoutTheArea() {
    format(Disks.DISK, 0);
    assertThat(Disks.open(device).copyArea()).isEmpty();
  }
}
