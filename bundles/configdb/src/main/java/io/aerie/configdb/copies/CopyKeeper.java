package io.aerie.configdb.copies;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.Subscription;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.copies.CopyDisks;
import io.aerie.config.copies.CopyDisks.Copy;
import io.aerie.config.copies.CopyDisks.Disk;
import io.aerie.config.copies.CopyDisks.Label;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps copies of ConfigDB on this node's storage disks up to date, from this node's replica. A
 * change is on the disks {@link #DEBOUNCE_MS} later, unless copies are large or changes many: then
 * as often as {@link #BYTES_PER_SECOND} allows.
 *
 * <p>A copy of another lineage is written over only by a later one that is known to be whole. So
 * what was founded empty after a loss never destroys what it should be rebuilt from.
 */
public final class CopyKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CopyKeeper.class);

  /** Enough for a disk to die and another to rot; more would only wear disks. */
  static final int DISKS_MAX = 3;

  /** Changes mostly come in groups. */
  private static final long DEBOUNCE_MS = 2_000;

  private static final long PAUSE_MS_MIN = 5_000;

  /** Of one disk: what volumes hardly notice. The largest database takes two minutes so. */
  private static final long BYTES_PER_SECOND = 512 * 1024;

  /** Disks come without ConfigDB changing. */
  private static final long LOOK_MS = 10_000;

  private static final long LIMIT_SECONDS = 120;

  private final ReplicatedConfigStore store;
  private final ConfigStateMachine state;
  private final Supplier<Optional<CopyDisks>> disks;
  private final CopySurvey survey;
  private final CopyCodec codec;
  private final Clock clock;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "aerie-configdb-copies");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicBoolean due = new AtomicBoolean();
  // the rest belongs to the worker
  private final Map<UUID, Optional<Label>> newest = new HashMap<>();
  private CopyDisks seen;
  private long nextWriteNs = System.nanoTime();
  private String told = "";
  private Subscription following = () -> {};

  CopyKeeper(
      ReplicatedConfigStore store,
      ConfigStateMachine state,
      Supplier<Optional<CopyDisks>> disks,
      CopySurvey survey,
      CopyCodec codec,
      Clock clock) {
    this.store = store;
    this.state = state;
    this.disks = disks;
    this.survey = survey;
    this.codec = codec;
    this.clock = clock;
  }

  /** Begins to follow the replica. */
  public void start() {
    following = store.onApplied(this::changed);
    var unused = worker.scheduleWithFixedDelay(this::lookSafely, 0, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  /** By the log's thread. */
  private void changed() {
    if (due.compareAndSet(false, true)) {
      later(DEBOUNCE_MS);
    }
  }

  private void later(long delayMs) {
    try {
      var unused = worker.schedule(this::lookSafely, delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("copies are no more kept: ConfigDB was closed", e);
    }
  }

  /** One round; what fails is told and tried again. */
  void lookSafely() {
    try {
      due.set(false);
      look();
    } catch (RuntimeException | TimeoutException e) {
      // a timer whose task throws stops for good; the next look tries again
      tell("ConfigDB's copies on disks can't be kept now: " + Causes.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Each trouble once, until it is over. */
  private void tell(String text) {
    if (!told.equals(text)) {
      told = text;
      log.warn("{}", text);
    }
  }

  private static <T> T await(CompletableFuture<T> future)
      throws InterruptedException, TimeoutException {
    try {
      return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  /** Brings copies up to date that aren't. */
  private void look() throws InterruptedException, TimeoutException {
    Optional<CopyDisks> present = disks.get();
    if (present.isEmpty() || !isWhole()) {
      return;
    }
    List<Disk> behind = behind(present.get(), lineage(state.contents()));
    if (behind.isEmpty()) {
      return;
    }
    long waitMs = TimeUnit.NANOSECONDS.toMillis(nextWriteNs - System.nanoTime());
    if (waitMs > 0) {
      if (due.compareAndSet(false, true)) {
        later(waitMs);
      }
      return;
    }
    write(present.get(), behind);
  }

  private static Lineage lineage(Contents contents) {
    return contents.documents().stream()
        .filter(document -> document.path().equals(Lineage.PATH))
        .findAny()
        .map(Lineage::of)
        .orElse(Lineage.OLDEST);
  }

  /** A ConfigDB without users is being founded. One that is new may have had a predecessor. */
  private boolean isWhole() throws InterruptedException, TimeoutException {
    if (state.list("users").isEmpty()) {
      return false;
    }
    Lineage lineage = store.lineage().map(Lineage::of).orElse(Lineage.OLDEST);
    return switch (lineage.state()) {
      case WHOLE -> true;
      case RESTORING -> false;
      case NEW -> settle(lineage);
    };
  }

  private boolean settle(Lineage lineage) throws InterruptedException, TimeoutException {
    CopySurvey.Result found = await(survey.look());
    boolean others =
        found.places().stream()
            .anyMatch(place -> !place.copy().label().lineage().equals(lineage.id()));
    if (others) {
      tell(
          "The disks have copies of a former ConfigDB, which are kept. Restore it with"
              + " aerie-config:rebuild, or give it up with aerie-config:rebuild --discard");
      return false;
    }
    if (!found.missing().isEmpty()) {
      tell("Whether disks have copies of a former ConfigDB isn't known yet: " + found.missing());
      return false;
    }
    Document document = store.lineage().orElseThrow();
    Condition unchanged = new Condition(Lineage.PATH, document.revision());
    long revision =
        await(
            store.commitStep(
                new ConfigTransaction(
                    List.of(unchanged), List.of(lineage.whole(lineage.order()).put()))));
    await(store.awaitLocal(revision));
    return true;
  }

  private List<Disk> behind(CopyDisks present, Lineage lineage)
      throws InterruptedException, TimeoutException {
    if (present != seen) {
      newest.clear();
      seen = present;
    }
    List<Disk> chosen =
        await(present.disks()).stream()
            .filter(disk -> disk.serves() && disk.roomBytes() > 0)
            .sorted(Comparator.comparing(Disk::disk))
            .limit(DISKS_MAX)
            .toList();
    newest.keySet().retainAll(chosen.stream().map(Disk::disk).toList());
    for (Disk disk : chosen) {
      if (!newest.containsKey(disk.disk())) {
        List<Copy> copies = await(present.copies(disk.disk()));
        newest.put(disk.disk(), copies.stream().map(Copy::label).findFirst());
      }
    }
    return chosen.stream().filter(disk -> isBehind(disk, lineage)).toList();
  }

  private boolean isBehind(Disk disk, Lineage lineage) {
    Optional<Label> label = newest.get(disk.disk());
    if (label.isEmpty()) {
      return true;
    }
    if (label.get().lineage().equals(lineage.id())) {
      return label.get().revision() < state.revision();
    }
    if (label.get().order() >= lineage.order()) {
      tell("disk " + disk.path() + " has a copy of a later ConfigDB, which is kept");
      return false;
    }
    return true;
  }

  private void write(CopyDisks present, List<Disk> behind)
      throws InterruptedException, TimeoutException {
    Contents contents = state.contents();
    Lineage lineage = lineage(contents);
    if (lineage.state() != Lineage.State.WHOLE) {
      return;
    }
    byte[] content = codec.encode(contents, lineage);
    Label label = new Label(lineage.id(), lineage.order(), contents.revision(), clock.instant());
    boolean failed = false;
    for (Disk disk : behind) {
      try {
        await(present.write(disk.disk(), label, content));
        newest.put(disk.disk(), Optional.of(label));
      } catch (CompletionException e) {
        failed = true;
        newest.remove(disk.disk());
        tell("disk " + disk.path() + " has no copy of ConfigDB as it is now: " + describe(e));
      }
    }
    if (!failed) {
      told = "";
    }
    long pauseMs = Math.max(PAUSE_MS_MIN, content.length * 1_000L / BYTES_PER_SECOND);
    nextWriteNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs);
    log.debug("ConfigDB at {} copied to {} disks", contents.revision(), behind.size());
  }

  private static String describe(Throwable failure) {
    Throwable cause = Causes.of(failure);
    return cause instanceof AerieException refusal ? refusal.describe() : cause.toString();
  }

  @Override
  public void close() {
    following.close();
    worker.shutdownNow();
  }
}
