package io.aerie.ardfs.host;

import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.block.VolumeTraffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts for as long as the bundle runs, through all lives of the engine. */
final class TrafficCounters implements VolumeTraffic {
  private final RcdReplica replica;
  private final Map<String, OfVolume> byId = new ConcurrentHashMap<>();

  TrafficCounters(RcdReplica replica) {
    this.replica = replica;
  }

  OfVolume of(String id) {
    return byId.computeIfAbsent(id, key -> new OfVolume());
  }

  /** Forgets those of volumes that are gone: their ids don't come again. */
  @Override
  public List<Traffic> traffic() {
    List<Traffic> all = new ArrayList<>();
    byId.forEach(
        (id, counters) -> {
          Optional<VolumeView> volume = replica.list(storage -> storage.volume(id));
          volume.ifPresentOrElse(
              view -> all.addAll(counters.traffic(view.name())), () -> byId.remove(id, counters));
        });
    return all;
  }

  /** The kinds of operations. */
  enum Operation {
    READ,
    WRITE,
    ZERO
  }

  /** Those of a volume, for all that have it open. */
  static final class OfVolume {
    private final OfOperation[] operations = new OfOperation[Operation.values().length];

    OfVolume() {
      for (int i = 0; i < operations.length; i++) {
        operations[i] = new OfOperation();
      }
    }

    /** The operation that began now, counted when it ends. */
    <T> CompletableFuture<T> count(Operation kind, long bytes, CompletableFuture<T> operation) {
      long beganNs = System.nanoTime();
      OfOperation counter = operations[kind.ordinal()];
      return operation.whenComplete(
          (result, failure) -> counter.ended(failure == null, bytes, System.nanoTime() - beganNs));
    }

    List<Traffic> traffic(String volume) {
      List<Traffic> all = new ArrayList<>();
      for (Operation kind : Operation.values()) {
        OfOperation counter = operations[kind.ordinal()];
        all.add(
            new Traffic(
                volume,
                kind.name().toLowerCase(Locale.ROOT),
                counter.done.sum(),
                counter.failed.sum(),
                counter.bytes.sum(),
                counter.nanoseconds.sum()));
      }
      return all;
    }
  }

  private static final class OfOperation {
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder nanoseconds = new LongAdder();

    private void ended(boolean well, long operationBytes, long operationNs) {
      if (well) {
        done.increment();
        bytes.add(operationBytes);
        nanoseconds.add(operationNs);
      } else {
        failed.increment();
      }
    }
  }
}
