package io.aerie.sim;

import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Clients on every node that read anywhere and write to pages of their own, so that a write that
 * was sent to two owners, which may take effect twice before it is answered, meets no other in
 * between. Every page written has one value, never used again, in all of its words.
 */
final class Workload {
  private static final int[] HOT_PAGES = {0, 1, 2, 3, 17, 500, 1023};

  /** Of a stripe: 0 and 16 are of one row, as are 1 and 17, and more with more data fragments. */
  private static final int[] HOT_STRIPE_PAGES = {0, 1, 16, 17, 32, 500, 1500};

  /** Rows of a stripe that long writes go to, whole or in part; they share row checksums. */
  private static final int WIDE_FIRST_ROW = 512;

  private static final int WIDE_ROWS = 64;

  static final int BLOCKS = 16;
  private static final int READER = -1;

  /** Writers a client; the first never reads, for reads are stuck where a lease has ended. */
  private static final int STRANDS = 3;

  /**
   * Of ten operations so many go to the first blocks, the others anywhere: some blocks are cold.
   */
  private static final int HOT_IN_TEN = 7;

  private static final int HOT_BLOCKS = 5;

  /** A strand pauses for at most so long. */
  static final long THINKING = 40 * World.MILLISECOND;

  /** Told of each write that was answered. */
  interface Acknowledged {
    void written(long volume, long page, long value);
  }

  /** What is known to be acknowledged. */
  interface LastAcknowledged {
    long of(long volume, long page);
  }

  /** More pages than any volume of a run has. */
  private static final int VOLUME_SHIFT = 40;

  /** A page that only the last round writes: no page that faults could have hurt is made good. */
  private static final int LAST_PAGE = 777;

  private final World world;
  private final Map<Long, Redundancy> volumes;
  private final Acknowledged onAcknowledged;
  private final Consumer<String> onViolation;
  private final Map<Long, RegisterChecker> pages = new TreeMap<>();
  private long nextValue = 1;
  private boolean stopped;
  private LongConsumer watcher;
  private int open;
  long thinkingMax = THINKING;

  /** Off while a clock is frozen, which leases do not survive: then reads may be stale. */
  boolean judgingReads = true;

  /** What the last round must find at least: each page's values grow. */
  LastAcknowledged lastAcknowledged = (volume, page) -> 0;

  long answeredWrites;
  long answeredReads;
  long failed;

  Workload(
      World world,
      Map<Long, Redundancy> volumes,
      Acknowledged onAcknowledged,
      Consumer<String> onViolation) {
    this.world = world;
    this.onAcknowledged = onAcknowledged;
    this.volumes = volumes;
    this.onViolation = onViolation;
  }

  private RegisterChecker page(long volume, long page) {
    return pages.computeIfAbsent(volume << VOLUME_SHIFT | page, k -> new RegisterChecker());
  }

  void stop() {
    stopped = true;
  }

  /** Calls back within the next acknowledgement of a write. */
  void onceAcknowledged(LongConsumer then) {
    watcher = then;
  }

  int open() {
    return open;
  }

  /** A client on a node that has just begun to serve; ends with that life. */
  void attach(SimulatedNode node, int number, int of) {
    long life = node.life();
    for (long volume : volumes.keySet()) {
      node.engine()
          .orElseThrow()
          .open(
              volume,
              "client " + node.id,
              (client, failure) -> {
                if (client != null) {
                  for (int strand = 0; strand < STRANDS; strand++) {
                    think(node, life, client, number * STRANDS + strand, of * STRANDS);
                  }
                  // One that only reads: writers are soon stuck where an old owner lives on.
                  think(node, life, client, READER, of * STRANDS);
                }
              });
    }
  }

  private void think(SimulatedNode node, long life, VolumeClient client, int strand, int strands) {
    world.at(
        world.between(100_000, thinkingMax),
        () -> node.inLife(life, () -> act(node, life, client, strand, strands)));
  }

  private void act(SimulatedNode node, long life, VolumeClient client, int strand, int strands) {
    if (stopped) {
      return;
    }
    Runnable next = () -> think(node, life, client, strand, strands);
    int blocks = world.random().nextInt(10) < HOT_IN_TEN ? HOT_BLOCKS : BLOCKS;
    int all = blocks * HOT_PAGES.length;
    Redundancy redundancy = volumes.get(client.volume());
    if (strand != READER && redundancy.striped() && world.random().nextInt(12) == 0) {
      wide(client, redundancy, strand, next);
      return;
    }
    boolean writes = strand % STRANDS == 0 || world.random().nextInt(100) < 60;
    if (strand != READER && writes) {
      int own = (all - strand + strands - 1) / strands;
      write(client, pageAt(redundancy, strand + strands * world.random().nextInt(own)), 1, next);
    } else {
      read(client, pageAt(redundancy, world.random().nextInt(all)), 1, next);
    }
  }

  private static int[] hotPages(Redundancy redundancy) {
    return redundancy.striped() ? HOT_STRIPE_PAGES : HOT_PAGES;
  }

  private static long pageAt(Redundancy redundancy, int index) {
    int[] hot = hotPages(redundancy);
    return (long) (index / hot.length) * Stripes.spanPages(redundancy) + hot[index % hot.length];
  }

  /** Many pages at once, of a stripe's rows that this strand alone writes; or a look at them. */
  private void wide(VolumeClient client, Redundancy redundancy, int strand, Runnable next) {
    int pages = WIDE_ROWS * redundancy.dataCount();
    long first =
        (long) (strand % BLOCKS) * Stripes.spanPages(redundancy)
            + (long) WIDE_FIRST_ROW * redundancy.dataCount();
    int from = world.chance(0.5) ? 0 : world.random().nextInt(pages);
    int count = from == 0 && world.chance(0.6) ? pages : 1 + world.random().nextInt(pages - from);
    if (world.chance(0.3)) {
      read(client, first + from, count, next);
    } else if (strand < BLOCKS) {
      write(client, first + from, count, next);
    } else {
      next.run();
    }
  }

  private void write(VolumeClient client, long page, int count, Runnable next) {
    long value = nextValue++ << 8 | 1;
    ByteBuffer data = ByteBuffer.allocate(count * Geometry.PAGE_BYTES);
    while (data.hasRemaining()) {
      data.putLong(value);
    }
    long begin = world.now();
    for (int i = 0; i < count; i++) {
      page(client.volume(), page + i).wrote(value, begin, Long.MAX_VALUE);
    }
    open++;
    client.write(
        page * Geometry.PAGE_BYTES,
        data.flip(),
        (nothing, failure) -> {
          open--;
          // The buffer is the caller's again, who uses it for something else at once.
          Arrays.fill(data.array(), (byte) 0xFF);
          if (failure == null) {
            answeredWrites++;
            for (int i = 0; i < count; i++) {
              page(client.volume(), page + i).wrote(value, begin, world.now());
            }
            onAcknowledged.written(client.volume(), page, value);
            onAcknowledged.written(client.volume(), page + count - 1, value);
            if (watcher != null) {
              LongConsumer once = watcher;
              watcher = null;
              once.accept(client.volume());
            }
            next.run();
          } else {
            failed++;
          }
        });
  }

  private void read(VolumeClient client, long page, int count, Runnable next) {
    long begin = world.now();
    open++;
    client.read(
        page * Geometry.PAGE_BYTES,
        count * Geometry.PAGE_BYTES,
        (data, failure) -> {
          open--;
          if (failure == null) {
            for (int i = 0; i < count; i++) {
              int at = data.position() + i * Geometry.PAGE_BYTES;
              check(client.volume(), page + i, data.slice(at, Geometry.PAGE_BYTES), begin);
            }
            answeredReads++;
          } else {
            failed++;
          }
          next.run();
        });
  }

  private void check(long volume, long page, ByteBuffer data, long begin) {
    long value = data.getLong(data.position());
    for (int at = data.position(); at < data.limit(); at += Long.BYTES) {
      if (data.getLong(at) != value) {
        onViolation.accept("torn page " + page + " of volume " + volume);
        return;
      }
    }
    if (judgingReads) {
      page(volume, page).read(value, begin, world.now());
    }
  }

  /**
   * Reads every page once more by one client, and writes to every block, so that everybody learns
   * the last watermark.
   */
  void finish(SimulatedNode node, Runnable done) {
    List<Runnable> steps = new ArrayList<>();
    List<VolumeClient> clients = new ArrayList<>();
    for (long volume : volumes.keySet()) {
      node.engine()
          .orElseThrow()
          .open(
              volume,
              "last",
              (client, failure) -> {
                if (failure != null) {
                  onViolation.accept("no attachment after all faults: " + failure);
                  return;
                }
                clients.add(client);
                if (clients.size() == volumes.size()) {
                  clients.forEach(c -> plan(c, steps, done));
                  steps.get(0).run();
                }
              });
    }
  }

  private void plan(VolumeClient client, List<Runnable> steps, Runnable done) {
    Redundancy redundancy = volumes.get(client.volume());
    for (int block = 0; block < BLOCKS; block++) {
      long start = (long) block * Stripes.spanPages(redundancy);
      for (int hot : hotPages(redundancy)) {
        step(steps, done, next -> readLast(client, start + hot, next));
      }
      if (redundancy.striped()) {
        long wide = start + (long) WIDE_FIRST_ROW * redundancy.dataCount();
        int count = WIDE_ROWS * redundancy.dataCount();
        step(steps, done, next -> read(client, wide, count, next));
      }
      step(steps, done, next -> write(client, start + LAST_PAGE, 1, next));
    }
  }

  /** Nothing that was acknowledged may be lost, whatever clocks did to reads in between. */
  private void readLast(VolumeClient client, long page, Runnable next) {
    client.read(
        page * Geometry.PAGE_BYTES,
        Geometry.PAGE_BYTES,
        (data, failure) -> {
          if (failure == null) {
            long least = lastAcknowledged.of(client.volume(), page);
            long value = data.getLong(data.position());
            if (value < least) {
              onViolation.accept(
                  String.format(
                      "page %d of volume %d reads %x at the end, acknowledged is %x",
                      page, client.volume(), value, least));
            }
          }
          read(client, page, 1, next);
        });
  }

  private static void step(List<Runnable> steps, Runnable done, Consumer<Runnable> task) {
    int following = steps.size() + 1;
    steps.add(
        () ->
            task.accept(
                () -> {
                  if (following < steps.size()) {
                    steps.get(following).run();
                  } else {
                    done.run();
                  }
                }));
  }

  void judge() {
    pages.forEach(
        (page, register) ->
            register
                .violation()
                .ifPresent(
                    v ->
                        onViolation.accept(
                            String.format(
                                "page %d of volume %d: %s",
                                page & (1L << VOLUME_SHIFT) - 1, page >> VOLUME_SHIFT, v))));
  }
}
