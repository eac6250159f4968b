package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Brings one returning member up to date with one stream (rule 7).
 *
 * <pre>
 *  base at the last number --> compare inventories --> copy or remove what differs, block by block
 *    --> it holds all that is settled --> awaited with every write, and ResynchronisationDone
 * </pre>
 *
 * Until a block is known to be equal, the member gets nothing of what is written to it: it must
 * never have a newer version of a block of which it missed something (H2).
 */
final class Returner {
  /** Blocks on their way at a time; clients' writes go before, and credits bound the bytes. */
  private static final int COPIES_AT_A_TIME = 2;

  /** A fragment is made of up to eight others, 4 MiB each. */
  private static final int FRAGMENTS_AT_A_TIME = 1;

  /** Under one lock. */
  private static final int ATTEMPTS_IN_A_ROW = 4;

  private final NodeContext context;
  private final GroupStream stream;
  private final Replica replica;
  private final BlockSource source;
  private final int atATime;

  /**
   * Blocks that differ or may differ. Before the comparison: those written since the base. Upper
   * layers first: what was folded is to be above before it goes below, for whoever reads this copy
   * if it is never finished and must be accepted.
   */
  private final TreeSet<BlockKey> differing =
      new TreeSet<>(
          Comparator.comparingLong(BlockKey::layer).reversed().thenComparingInt(BlockKey::index));

  /** With the block's lock; in a group that goes on alone without. */
  private final Map<BlockKey, Optional<RangeLocks.Lock>> copying = new HashMap<>();

  private boolean compared;
  private boolean stopped;
  private boolean proposing;
  private long bytes;

  Returner(NodeContext context, GroupStream stream, Replica replica) {
    this.context = context;
    this.stream = stream;
    this.replica = replica;
    boolean striped = stream.volume().record().redundancy().striped();
    source =
        striped
            ? new FragmentSource(context, stream, disk(), Set.of())
            : new CopySource(context, stream, Set.of());
    atATime = striped ? FRAGMENTS_AT_A_TIME : COPIES_AT_A_TIME;
  }

  UUID disk() {
    return replica.target.disk();
  }

  /** Blocks that differ; -1 while not compared. */
  int blocksLeft() {
    return compared ? differing.size() : -1;
  }

  void touch(BlockKey block) {
    differing.add(block);
  }

  /** Whether the member's block is known to be as it is to be. */
  boolean equal(BlockKey block) {
    return compared && !differing.contains(block);
  }

  /**
   * Whether the member may have a change of this block as it is; otherwise it differs from now on.
   */
  boolean takes(BlockKey block) {
    if (equal(block)) {
      return true;
    }
    differing.add(block);
    return false;
  }

  void stop() {
    stopped = true;
    List.copyOf(copying.keySet()).forEach(this::unlock);
  }

  private void unlock(BlockKey block) {
    copying.remove(block).ifPresent(stream.volume().locks()::release);
  }

  void start() {
    if (stopped) {
      return;
    }
    Base base = new Base(stream.key(), stream.epoch(), Point.NONE, replica.first, true);
    long groupEpoch = stream.group().epoch();
    context.ask(
        replica.node,
        Timing.ANSWER,
        request -> new Message.BaseRequest(request, replica.target, groupEpoch, base),
        (answer, failure) -> {
          if (stopped) {
            return;
          }
          if (answer instanceof Message.BaseAnswer done && done.status() == Status.DONE) {
            replica.based = true;
            stream.sendFrom(replica, replica.first);
            compare(done.inventory());
          } else {
            context.later(Timing.RETRY, this::start);
          }
        });
  }

  private void compare(List<BlockVersion> theirs) {
    if (stopped) {
      return;
    }
    Optional<Replica> known = stream.source(0);
    if (known.isEmpty()) {
      context.later(Timing.ANSWER, () -> compare(theirs));
      return;
    }
    context.ask(
        known.get().node,
        Timing.ANSWER,
        request ->
            new Message.InventoryRequest(
                request, known.get().target, stream.key(), stream.watermark()),
        (answer, failure) -> {
          if (stopped) {
            return;
          }
          if (answer instanceof Message.InventoryAnswer ours && ours.status() == Status.DONE) {
            differing(theirs, ours.blocks());
            compared = true;
            advance();
          } else {
            context.later(Timing.RETRY, () -> compare(theirs));
          }
        });
  }

  /** Differs: in being there at all, or as the source says. */
  private void differing(List<BlockVersion> theirs, List<BlockVersion> ours) {
    Map<BlockKey, BlockVersion> left = new HashMap<>();
    theirs.forEach(version -> left.put(version.block(), version));
    for (BlockVersion version : ours) {
      BlockVersion other = left.remove(version.block());
      if (other == null || source.differs(other, version)) {
        differing.add(version.block());
      }
    }
    differing.addAll(left.keySet());
  }

  /** Something moved: copy on, or propose. */
  void advance() {
    if (stopped || !compared) {
      return;
    }
    while (!stopped && copying.size() < atATime) {
      BlockKey next = null;
      for (BlockKey block : differing) {
        if (!copying.containsKey(block) && !isCopyingAbove(block)) {
          next = block;
          break;
        }
      }
      if (next == null) {
        break;
      }
      lock(next);
    }
    if (!stopped && differing.isEmpty() && replica.held >= stream.watermark().sequence()) {
      replica.awaited = true;
      propose();
    }
  }

  private boolean isCopyingAbove(BlockKey block) {
    return copying.keySet().stream()
        .anyMatch(each -> each.index() == block.index() && each.layer() > block.layer());
  }

  /**
   * In a group that goes on alone nothing but copies is numbered, and who waits for its end may
   * hold the block's lock: so none is taken.
   */
  private void lock(BlockKey block) {
    if (stream.group().alone()) {
      copying.put(block, Optional.empty());
      fetch(block, 0);
      return;
    }
    RangeLocks.Lock lock =
        new RangeLocks.Lock(block, 0, Geometry.PAGES_PER_BLOCK, () -> fetch(block, 0));
    copying.put(block, Optional.of(lock));
    stream.volume().locks().acquire(lock);
  }

  /**
   * Whether the copy is void: it was begun without a lock, and the group serves again. The block
   * still differs then, whatever the member got.
   */
  private boolean overtaken(BlockKey block) {
    if (copying.get(block).isPresent() || stream.group().alone()) {
      return false;
    }
    lock(block);
    return true;
  }

  private void fetch(BlockKey block, int attempt) {
    if (stopped || overtaken(block)) {
      return;
    }
    if (stream.state() != GroupStream.State.SERVING) {
      context.later(Timing.ANSWER, () -> fetch(block, 0));
      return;
    }
    source.fetch(
        block,
        attempt,
        (found, image) -> {
          if (stopped) {
            return;
          }
          if (found) {
            copy(block, image);
          } else {
            context.later(Timing.RETRY, () -> again(block, attempt + 1));
          }
        });
  }

  /** Now and then without the lock in between: what damage was found is repaired under it. */
  private void again(BlockKey block, int attempt) {
    if (stopped) {
      return;
    }
    if (attempt % ATTEMPTS_IN_A_ROW == 0) {
      unlock(block);
      lock(block);
    } else {
      fetch(block, attempt);
    }
  }

  /** What gives a member the block of its source. */
  static Change toHave(BlockKey block, Optional<BlockImage> image) {
    return image
        .<Change>map(
            i ->
                new Change.Copy(
                    block,
                    i.version().version(),
                    i.version().groupEpoch(),
                    i.version().units(),
                    i.data()))
        .orElseGet(() -> new Change.Remove(block));
  }

  private void copy(BlockKey block, Optional<BlockImage> image) {
    if (stopped || overtaken(block)) {
      return;
    }
    Change change = toHave(block, image);
    if (!stream.copyable()
        || !stream.numberFor(disk(), change, () -> copied(block, change, stream.numbered()))) {
      context.later(Timing.RETRY, () -> copy(block, image));
    }
  }

  /** Settled at the others; the member itself may need longer. */
  private void copied(BlockKey block, Change change, long atMost) {
    if (stopped || overtaken(block)) {
      return;
    }
    if (replica.held < atMost) {
      context.later(Timing.RETRY / 10, () -> copied(block, change, atMost));
      return;
    }
    if (change instanceof Change.Copy copy) {
      bytes += copy.data().remaining();
      stream.volume().counters().copied(copy.data().remaining());
    } else {
      stream.volume().counters().removed();
    }
    differing.remove(block);
    unlock(block);
    advance();
  }

  private void propose() {
    if (proposing) {
      return;
    }
    proposing = true;
    context.submit(
        new RcdCommand.ResynchronisationDone(
            stream.key().volume(),
            stream.epoch(),
            stream.key().group(),
            stream.group().epoch(),
            disk(),
            bytes),
        (answer, failure) -> {
          if (stopped) {
            proposing = false;
          } else if (failure != null
              || context.rcd().pending(stream.key().group(), disk(), stream.key().volume())) {
            // Refused or unknown: it stays awaited, which is always safe, and is proposed again.
            context.later(
                Timing.ANSWER,
                () -> {
                  proposing = false;
                  advance();
                });
          }
        });
  }
}
