package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Goes through blocks of a volume in the background: stream by stream, one block at a time, each
 * under the lock of its whole place, so that it bounds what it has under way and clients get
 * between. What is done is no longer found, so the next owner goes on by beginning anew.
 *
 * <pre>
 *  stream: all that was numbered is settled -> inventory -> each block that is meant:
 *      lock -> plan -> number the changes, in order -> all settled -> release
 * </pre>
 */
final class BlockSweep {
  /** A change and the block that it is of. */
  record Step(BlockKey block, Change change) {}

  /** Finds out what is to be done with a block; empty when that could not be found out now. */
  interface Plan {
    void of(GroupStream stream, BlockKey block, Answer answer);
  }

  /** What a plan came to. */
  interface Answer {
    void steps(Optional<List<Step>> steps);
  }

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Predicate<BlockKey> meant;
  private final Plan plan;
  private final Runnable done;
  private final ArrayDeque<GroupStream> streams;
  private final ArrayDeque<BlockKey> blocks = new ArrayDeque<>();
  private RangeLocks.Lock lock;
  private int unsettled;

  BlockSweep(
      NodeContext context,
      OwnedVolume volume,
      Predicate<BlockKey> meant,
      Plan plan,
      Runnable done) {
    this.context = context;
    this.volume = volume;
    this.meant = meant;
    this.plan = plan;
    this.done = done;
    streams = new ArrayDeque<>(volume.streams());
  }

  void start() {
    if (volume.stopped()) {
      return;
    }
    GroupStream stream = streams.peek();
    if (stream == null) {
      done.run();
    } else if (stream.state() == GroupStream.State.EMPTY) {
      streams.remove();
      start();
    } else if (stream.state() != GroupStream.State.SERVING) {
      stream.whenServing(this::start);
    } else {
      list(stream, stream.epoch(), stream.numbered(), 0);
    }
  }

  /** What was numbered before may make blocks that are meant: it must be settled first. */
  private void list(GroupStream stream, long epoch, long mark, int attempt) {
    if (volume.stopped()) {
      return;
    }
    Optional<Replica> source = stream.source(attempt);
    if (stream.epoch() != epoch || stream.state() != GroupStream.State.SERVING) {
      start();
    } else if (stream.watermark().sequence() < mark || source.isEmpty()) {
      context.later(Timing.RETRY, () -> list(stream, epoch, mark, attempt));
    } else {
      context.ask(
          source.get().node,
          Timing.ANSWER,
          request ->
              new Message.InventoryRequest(
                  request, source.get().target, stream.key(), stream.watermark()),
          (answer, failure) -> {
            if (answer instanceof Message.InventoryAnswer all && all.status() == Status.DONE) {
              all.blocks().stream().map(BlockVersion::block).filter(meant).forEach(blocks::add);
              next();
            } else {
              context.later(Timing.RETRY, () -> list(stream, epoch, mark, attempt + 1));
            }
          });
    }
  }

  private void next() {
    if (volume.stopped()) {
      return;
    }
    BlockKey block = blocks.poll();
    if (block == null) {
      streams.remove();
      start();
      return;
    }
    lock =
        new RangeLocks.Lock(block, 0, Geometry.PAGES_PER_BLOCK, () -> plan(streams.peek(), block));
    volume.locks().acquire(lock);
  }

  private void plan(GroupStream stream, BlockKey block) {
    if (volume.stopped()) {
      return;
    }
    if (!stream.readable()) {
      stream.whenServing(() -> plan(stream, block));
      return;
    }
    plan.of(
        stream,
        block,
        steps -> {
          if (volume.stopped()) {
            return;
          }
          if (steps.isPresent()) {
            unsettled = steps.get().size();
            number(stream, new ArrayDeque<>(steps.get()));
          } else {
            // Clients may have the block meanwhile: what it lacks may take long to come back.
            volume.locks().release(lock);
            blocks.add(block);
            context.later(2 * Timing.ANSWER, this::next);
          }
        });
  }

  private void number(GroupStream stream, ArrayDeque<Step> steps) {
    while (!steps.isEmpty() && !volume.stopped()) {
      Step step = steps.peek();
      if (!stream.writable()) {
        stream.whenServing(() -> number(stream, steps));
        return;
      }
      if (!stream.number(step.block(), MemberChanges.same(step.change()), this::settled)) {
        volume.credits().waitFor(() -> number(stream, steps));
        return;
      }
      steps.remove();
    }
  }

  private void settled() {
    if (--unsettled == 0) {
      volume.locks().release(lock);
      next();
    }
  }
}
