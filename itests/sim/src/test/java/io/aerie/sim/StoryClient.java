package io.aerie.sim;

import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The client of a {@link LayerStory}: on any node, attached to one of its volumes at a time. */
final class StoryClient {
  /** Longer than a client's patience: the client's node has ended. */
  private static final long DEAF = 40 * World.SECOND;

  private final World world;
  private final Cluster cluster;
  private final BooleanSupplier judging;
  private final Consumer<String> onViolation;
  private final Runnable onNowhere;
  private LayerModel.Branch opened;
  private VolumeClient client;
  private SimulatedNode node;
  private long life;

  /**
   * @param judging whether reads are judged now: not while they may be stale
   * @param onNowhere run in place of what was to be done when no node gave an attachment
   */
  StoryClient(
      World world,
      Cluster cluster,
      BooleanSupplier judging,
      Consumer<String> onViolation,
      Runnable onNowhere) {
    this.world = world;
    this.cluster = cluster;
    this.judging = judging;
    this.onViolation = onViolation;
    this.onNowhere = onNowhere;
  }

  /** What it is attached to; null when to nothing. */
  LayerModel.Branch opened() {
    return opened;
  }

  private void open(LayerModel.Branch branch, Runnable then) {
    if (opened == branch && node.life() == life && node.engine().isPresent()) {
      then.run();
      return;
    }
    close(() -> openAnew(branch, then));
  }

  private void openAnew(LayerModel.Branch branch, Runnable then) {
    List<SimulatedNode> serving =
        cluster.nodes().stream().filter(n -> n.isUp() && n.engine().isPresent()).toList();
    if (serving.isEmpty()) {
      onNowhere.run();
      return;
    }
    node = serving.get(world.random().nextInt(serving.size()));
    life = node.life();
    Once<VolumeClient> once =
        new Once<>(
            made -> {
              if (made == null) {
                onNowhere.run();
                return;
              }
              client = made;
              opened = branch;
              then.run();
            });
    node.engine().get().open(branch.number, "story", (made, failure) -> once.end(made));
  }

  /** Ends the attachment, if there is one and its node lives. */
  void close(Runnable then) {
    if (opened == null) {
      then.run();
      return;
    }
    opened = null;
    Once<Boolean> once = new Once<>(closed -> then.run());
    if (node.life() == life) {
      client.close((nothing, failure) -> once.end(true));
    } else {
      once.end(false);
    }
  }

  /** What is answered once, or never when the node has ended; then null. */
  private final class Once<T> {
    private final Consumer<T> then;
    private final long until = world.now() + DEAF;
    private boolean ended;

    Once(Consumer<T> then) {
      this.then = then;
      watch();
    }

    private void watch() {
      world.at(
          100 * World.MILLISECOND,
          () -> {
            if (!ended && (node.life() != life || !node.isUp() || world.now() > until)) {
              end(null);
            } else if (!ended) {
              watch();
            }
          });
    }

    void end(T with) {
      if (!ended) {
        ended = true;
        then.accept(with);
      }
    }
  }

  /** Whoever waits for nothing any more closes, if it still can. */
  private void giveUp() {
    opened = null;
    if (node.life() == life && node.isUp()) {
      client.close((nothing, failure) -> {});
    }
  }

  /** Writes pages, or zeroes them where the value is 0, and tells the model how that ended. */
  void write(LayerModel.Branch branch, long page, int count, long value, Runnable next) {
    open(
        branch,
        () -> {
          branch.begins(page, count);
          Once<Boolean> once =
              new Once<>(
                  done -> {
                    if (done != null && done) {
                      branch.wrote(page, count, value);
                    } else {
                      branch.gaveUp();
                      giveUp();
                    }
                    next.run();
                  });
          begin(page, count, value, (nothing, failure) -> once.end(failure == null));
        });
  }

  private void begin(long page, int count, long value, Completion<Void> done) {
    long offset = page * Geometry.PAGE_BYTES;
    if (value == 0) {
      client.zero(offset, (long) count * Geometry.PAGE_BYTES, done);
      return;
    }
    ByteBuffer data = ByteBuffer.allocate(count * Geometry.PAGE_BYTES);
    while (data.hasRemaining()) {
      data.putLong(value);
    }
    client.write(offset, data.flip(), done);
  }

  /** Reads a page and compares it with the model. */
  void read(LayerModel.Branch branch, long page, Runnable next) {
    open(
        branch,
        () -> {
          boolean judged = judging.getAsBoolean();
          Once<long[]> once =
              new Once<>(
                  words -> {
                    if (words == null) {
                      giveUp();
                    } else if (judged && judging.getAsBoolean()) {
                      branch.check(page, words[0], words[1], onViolation);
                    }
                    next.run();
                  });
          client.read(
              page * Geometry.PAGE_BYTES,
              Geometry.PAGE_BYTES,
              (data, failure) -> once.end(failure == null ? words(data) : null));
        });
  }

  /** Asks which of a volume's units have data, and compares that with the model. */
  void units(LayerModel.Branch branch, Runnable next) {
    open(
        branch,
        () -> {
          boolean judged = judging.getAsBoolean();
          Once<ByteBuffer> once =
              new Once<>(
                  units -> {
                    if (units == null) {
                      giveUp();
                    } else if (judged && judging.getAsBoolean()) {
                      branch.checkUnits(units.slice(), onViolation);
                    }
                    next.run();
                  });
          client.extents(
              0,
              branch.pages * Geometry.PAGE_BYTES,
              (units, failure) -> once.end(failure == null ? units : null));
        });
  }

  /** Asks the client's node how snapshots differ, and compares that with the model. */
  void differences(
      LayerModel.Branch branch,
      ExtentsRequest what,
      LayerModel.Frozen of,
      LayerModel.Frozen since,
      Runnable next) {
    open(
        branch,
        () -> {
          Once<ByteBuffer> once =
              new Once<>(
                  units -> {
                    if (units != null) {
                      LayerModel.checkUnits(of, since, units.slice(), onViolation);
                    }
                    next.run();
                  });
          node.engine()
              .orElseThrow()
              .extents(what, (units, failure) -> once.end(failure == null ? units : null));
        });
  }

  private static long[] words(ByteBuffer data) {
    long[] all = new long[Geometry.PAGE_BYTES / Long.BYTES];
    data.slice().asLongBuffer().get(all);
    return new long[] {Arrays.stream(all).min().orElse(0), Arrays.stream(all).max().orElse(0)};
  }
}
