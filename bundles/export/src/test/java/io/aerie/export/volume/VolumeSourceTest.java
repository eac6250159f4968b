package io.aerie.export.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a swap of storage is a pause, its absence an error after the park time, and nobody attaches
 * again who was fenced. Method: lives of storage in memory over the same disks.
 */
final class VolumeSourceTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  private static final Nexus A = new Nexus("a", 1);
  private static final Nexus B = new Nexus("b", 1);

  private final VolumeContent disk = new VolumeContent("id-1", 1 << 20);
  private final MemoryVolumes first = new MemoryVolumes(Map.of("v1", disk));
  private final MemoryVolumes second = new MemoryVolumes(Map.of("v1", disk));
  private ScheduledExecutorService timer;

  @BeforeEach
  void start() {
    timer = Executors.newSingleThreadScheduledExecutor();
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(15, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AerieException refusal) {
        throw refusal;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertFails(CompletableFuture<?> future, ErrorCode code) {
    assertThatThrownBy(() -> get(future))
        .isInstanceOfSatisfying(
            AerieException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private static ByteBuffer bytes(int value) {
    return ByteBuffer.allocate(4).putInt(value).flip();
  }

  private static int value(ExportedVolume volume) {
    return get(volume.read(0, 4)).getInt();
  }

  @Test
  void shouldParkOperationsUntilStorageIsBack() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    first.hold();
    CompletableFuture<Void> inFlight = volume.write(0, bytes(7));
    source.unset(first);
    CompletableFuture<ByteBuffer> parked = volume.read(512, 4);
    assertThat(inFlight).isNotDone();
    assertThat(parked).isNotDone();
    assertThat(first.openNowCount()).as("the old attachment is closed").isZero();
    assertThat(first.heldCount()).as("and its operations never happen").isZero();
    source.set(second);
    get(inFlight);
    assertThat(get(parked).getInt()).isZero();
    assertThat(value(volume)).isEqualTo(7);
    volume.close();
    assertThat(second.openNowCount()).isZero();
  }

  @Test
  void shouldParkOperationsThatFailBeforeTheServiceGoes() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    first.end();
    CompletableFuture<Void> written = volume.write(0, bytes(8));
    assertThat(written).isNotDone();
    source.unset(first);
    source.set(second);
    get(written);
    assertThat(value(volume)).isEqualTo(8);
  }

  private static ReservationRequest ask(Action action, Nexus from, long key, long newKey) {
    ReservationType type = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;
    return new ReservationRequest(action, from, key, newKey, type, false);
  }

  /** How often an initiator was told that it was aborted. */
  private static final class Told implements ReservationListener {
    private final AtomicInteger aborts = new AtomicInteger();

    @Override
    public void attention(Attention what) {}

    @Override
    public void aborted() {
      aborts.incrementAndGet();
    }
  }

  private ExportedVolume registered(VolumeSource source, Nexus nexus, long key, Told told) {
    ExportedVolume volume = get(source.open("v1", "test", Optional.of(nexus), told));
    get(volume.changeReservation(ask(Action.REGISTER, nexus, 0, key)));
    return volume;
  }

  /** What waits for the next storage is of before, though its initiator may come again. */
  @Test
  void shouldNotIssueAgainWhatAnotherAborted() {
    VolumeSource source = new VolumeSource(timer, LONG);
    VolumeSource elsewhere = new VolumeSource(timer, LONG);
    source.set(first);
    elsewhere.set(second);
    Told told = new Told();
    ExportedVolume volume = registered(source, A, 10, told);
    ExportedVolume other = registered(elsewhere, B, 20, new Told());
    first.end();
    CompletableFuture<Void> written = volume.write(0, bytes(8));
    assertThat(written).isNotDone();
    source.unset(first);
    get(other.changeReservation(ask(Action.PREEMPT_AND_ABORT, B, 20, 10)));
    source.set(second);
    assertFails(written, ErrorCode.FENCED);
    assertThat(told.aborts).hasValue(1);
    assertFails(volume.write(0, bytes(9)), ErrorCode.FENCED);
    ExportedVolume again = registered(source, A, 10, told);
    get(again.write(0, bytes(7)));
    assertThat(value(other)).isEqualTo(7);
  }

  @Test
  void shouldCloseWhatAnotherAborts() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    Told told = new Told();
    ExportedVolume volume = registered(source, A, 10, told);
    ExportedVolume other = registered(source, B, 20, new Told());
    first.hold();
    CompletableFuture<Void> written = volume.write(0, bytes(8));
    CompletableFuture<Verdict> preempted =
        other.changeReservation(ask(Action.PREEMPT_AND_ABORT, B, 20, 10));
    first.release(1);
    assertThat(get(preempted)).isEqualTo(Verdict.DONE);
    assertFails(written, ErrorCode.FENCED);
    assertThat(told.aborts).hasValue(1);
    first.releaseAll();
    source.unset(first);
    source.set(second);
    assertFails(volume.read(0, 4), ErrorCode.FENCED);
    assertThat(value(other)).as("who was not meant goes on").isZero();
  }

  /** Who was aborted before he attached anew, and told, is not told once more. */
  @Test
  void shouldGoOnAfterAbortsOfBefore() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    Told told = new Told();
    ExportedVolume volume = registered(source, A, 10, told);
    Told toldToOther = new Told();
    registered(source, B, 20, toldToOther);
    get(volume.changeReservation(ask(Action.PREEMPT_AND_ABORT, A, 10, 20)));
    assertThat(toldToOther.aborts).hasValue(1);
    source.unset(first);
    CompletableFuture<Void> parked = volume.write(0, bytes(7));
    source.set(second);
    get(parked);
    assertThat(told.aborts).hasValue(0);
  }

  /** It may have happened, and doing it again would find its own data, or those of a third. */
  @Test
  void shouldNotCompareAndWriteTwice() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    first.hold();
    CompletableFuture<Integer> issued = volume.compareAndWrite(0, bytes(0), bytes(7));
    first.end();
    source.unset(first);
    CompletableFuture<Integer> parked = volume.compareAndWrite(0, bytes(0), bytes(8));
    source.set(second);
    assertFails(issued, ErrorCode.TIMED_OUT);
    assertThat(get(parked)).isEqualTo(-1);
    assertThat(get(volume.compareAndWrite(0, bytes(7), bytes(9)))).isEqualTo(3);
    assertThat(value(volume)).isEqualTo(8);
  }

  @Test
  void shouldFollowAReplacementWithoutAGap() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    source.set(second);
    source.unset(first);
    get(volume.write(0, bytes(9)));
    assertThat(second.openNowCount()).isEqualTo(1);
    assertThat(value(volume)).isEqualTo(9);
  }

  @Test
  void shouldFailAfterTheParkTimeAndRecoverWhenAskedLater() {
    VolumeSource source = new VolumeSource(timer, SHORT);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    source.unset(first);
    assertFails(volume.read(0, 4), ErrorCode.UNAVAILABLE);
    assertFails(source.volumes(), ErrorCode.UNAVAILABLE);
    assertFails(source.open("v1", "test"), ErrorCode.UNAVAILABLE);
    source.set(second);
    assertThat(value(volume)).isZero();
  }

  @Test
  void shouldNotAttachAgainWhenFencedWhileStorageStays() {
    VolumeSource source = new VolumeSource(timer, SHORT);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    disk.spoil(0, ErrorCode.FENCED);
    assertFails(volume.write(0, bytes(1)), ErrorCode.FENCED);
    assertThat(first.openCount()).isEqualTo(1);
  }

  @Test
  void shouldFailOtherErrorsAtOnce() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    disk.spoil(0, ErrorCode.NO_SPACE);
    assertThat(volume.write(0, bytes(1))).isCompletedExceptionally();
    assertFails(source.open("nope", "test"), ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldRefuseAnotherVolumeOfTheSameName() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    source.unset(first);
    MemoryVolumes other = new MemoryVolumes(Map.of("v1", new VolumeContent("id-2", 1 << 20)));
    source.set(other);
    assertFails(volume.write(0, bytes(1)), ErrorCode.FENCED);
    assertThat(other.openNowCount()).isZero();
  }

  @Test
  void shouldTryAgainWhileStorageSaysItIsNotReady() {
    VolumeSource source = new VolumeSource(timer, LONG);
    first.failOpens(new AerieException(ErrorCode.UNAVAILABLE, "Not ready"));
    source.set(first);
    CompletableFuture<ExportedVolume> opening = source.open("v1", "test");
    assertThat(opening).isNotDone();
    first.failOpens(null);
    assertThat(get(opening).sizeBytes()).isEqualTo(1 << 20);
    assertThat(first.openCount()).isGreaterThan(1);
  }

  @Test
  void shouldEndParkedOperationsOnClose() {
    VolumeSource source = new VolumeSource(timer, LONG);
    source.set(first);
    ExportedVolume volume = get(source.open("v1", "test"));
    first.hold();
    CompletableFuture<Void> inFlight = volume.write(0, bytes(1));
    source.unset(first);
    volume.close();
    source.set(second);
    assertFails(inFlight, ErrorCode.FENCED);
    assertFails(volume.read(0, 4), ErrorCode.FENCED);
    assertThat(second.openNowCount()).isZero();
  }
}
