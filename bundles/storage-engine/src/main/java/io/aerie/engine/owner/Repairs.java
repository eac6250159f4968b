package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Blocks of a volume of which a member said that something is damaged: each is looked at and made
 * good, one after the other.
 */
final class Repairs {
  /** How often a block is tried while not all of its members answer. */
  private static final int ATTEMPTS_MAX = 10;

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Map<BlockKey, Waiting> queue = new LinkedHashMap<>();

  /** Blocks with something that has no good source, and when they were looked at. */
  private final Map<BlockKey, Long> hopeless = new HashMap<>();

  private boolean working;

  /** The block that is being looked at: who asks for it meanwhile waits for that. */
  private BlockKey looking;

  private Waiting present;

  private static final class Waiting {
    final GroupStream stream;
    final List<Runnable> then = new ArrayList<>();
    int attempts;

    Waiting(GroupStream stream) {
      this.stream = stream;
    }
  }

  Repairs(NodeContext context, OwnedVolume volume) {
    this.context = context;
    this.volume = volume;
  }

  /** A member's answer was CORRUPT; the asker goes on with others. */
  void report(GroupStream stream, BlockKey block, UUID disk) {
    report(stream, List.of(block), disk);
  }

  /** The same, where it is one of these. */
  void report(GroupStream stream, List<BlockKey> blocks, UUID disk) {
    context.event("checksum of " + blocks + " is wrong on disk " + disk);
    blocks.forEach(block -> add(stream, block, () -> {}));
  }

  /** The same as {@link #repair}, for the block of a layer and of all own layers below. */
  void repairChain(GroupStream stream, BlockKey top, Runnable then) {
    List<VolumeRecord.Layer> chain = volume.record().chain(top.layer());
    int[] open = {chain.size()};
    for (VolumeRecord.Layer layer : chain) {
      add(
          stream,
          new BlockKey(layer.number(), top.index()),
          () -> {
            if (--open[0] == 0) {
              then.run();
            }
          });
    }
    if (chain.isEmpty()) {
      context.later(0, then);
    }
  }

  /**
   * Runs a task when the block is as good as it can be made. The caller must hold no lock of it.
   * Nothing comes of it when the volume is let go.
   */
  void repair(GroupStream stream, BlockKey block, Runnable then) {
    add(stream, block, then);
  }

  private void add(GroupStream stream, BlockKey block, Runnable then) {
    Long looked = hopeless.get(block);
    if (looked != null && context.now() - looked < Timing.HOPELESS) {
      context.later(0, then);
      return;
    }
    if (block.equals(looking)) {
      present.then.add(then);
      return;
    }
    hopeless.remove(block);
    queue.computeIfAbsent(block, b -> new Waiting(stream)).then.add(then);
    if (!working) {
      working = true;
      context.later(0, this::work);
    }
  }

  private void work() {
    if (volume.stopped()) {
      return;
    }
    if (queue.isEmpty()) {
      working = false;
      return;
    }
    BlockKey block = queue.keySet().iterator().next();
    Waiting first = queue.remove(block);
    looking = block;
    present = first;
    new BlockCheck(context, first.stream, block, result -> done(block, first, result)).start();
  }

  private void done(BlockKey block, Waiting of, BlockCheck.Result result) {
    looking = null;
    if (result == BlockCheck.Result.UNANSWERED && ++of.attempts < ATTEMPTS_MAX) {
      Waiting again = queue.computeIfAbsent(block, b -> new Waiting(of.stream));
      again.then.addAll(of.then);
      again.attempts = Math.max(again.attempts, of.attempts);
      context.later(Timing.RETRY, this::work);
      return;
    }
    if (result == BlockCheck.Result.UNREPAIRABLE) {
      hopeless.put(block, context.now());
    }
    of.then.forEach(Runnable::run);
    context.later(0, this::work);
  }
}
