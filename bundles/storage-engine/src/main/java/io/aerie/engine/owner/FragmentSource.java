package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.BlockAnswer;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Fragments: what one member is to have is made of X others. All members of a stripe have the same
 * version of it, since each of its writes moves all: so versions are compared with any member's,
 * while the units of two fragments have nothing to do with each other.
 */
final class FragmentSource implements BlockSource {
  private final NodeContext context;
  private final GroupStream stream;
  private final UUID target;
  private final Set<UUID> avoided;

  FragmentSource(NodeContext context, GroupStream stream, UUID target, Set<UUID> avoided) {
    this.context = context;
    this.stream = stream;
    this.target = target;
    this.avoided = avoided;
  }

  @Override
  public boolean differs(BlockVersion theirs, BlockVersion ours) {
    return !theirs.version().equals(ours.version());
  }

  @Override
  public void fetch(BlockKey block, int attempt, Outcome outcome) {
    new Fetch(block, outcome).start(attempt);
  }

  private final class Fetch {
    private final BlockKey block;
    private final Outcome outcome;
    private final StripeMap map = stream.volume().map();
    private final TreeMap<Integer, Optional<BlockImage>> images = new TreeMap<>();
    private int open;

    Fetch(BlockKey block, Outcome outcome) {
      this.block = block;
      this.outcome = outcome;
    }

    /** Data before parities; when some did not answer, others by turns. */
    void start(int attempt) {
      TreeMap<Integer, Replica> others = new TreeMap<>();
      for (Replica replica : stream.acknowledging()) {
        UUID disk = replica.target.disk();
        if (!disk.equals(target) && !avoided.contains(disk)) {
          others.put(fragmentOf(replica.target.disk()), replica);
        }
      }
      Replica same = others.remove(fragmentOf(target));
      if (same != null && attempt % 2 == 0) {
        take(same);
        return;
      }
      int spare = others.size() - map.dataCount();
      if (spare < 0) {
        context.later(Timing.ANSWER, () -> outcome.done(false, Optional.empty()));
        return;
      }
      for (int i = 0; i < spare; i++) {
        int passed = attempt == 0 ? others.size() - 1 : (attempt - 1 + i) % others.size();
        others.remove(others.keySet().toArray(new Integer[0])[passed]);
      }
      open = others.size();
      others.forEach(
          (fragment, replica) ->
              ask(
                  replica,
                  image -> {
                    images.put(fragment, image);
                    closed();
                  },
                  this::closed));
    }

    private void closed() {
      if (--open == 0) {
        answered();
      }
    }

    /** The disk whose place the target is to take has the very fragment. */
    private void take(Replica same) {
      ask(same, image -> outcome.done(true, image), () -> outcome.done(false, Optional.empty()));
    }

    private int fragmentOf(UUID disk) {
      return stream.volume().fragmentOf(disk, block);
    }

    private void ask(Replica replica, Consumer<Optional<BlockImage>> found, Runnable otherwise) {
      context.ask(
          replica.node,
          Timing.ANSWER,
          request ->
              new Message.BlockRequest(
                  request, replica.target, stream.key(), stream.watermark(), block),
          (answer, failure) -> {
            if (answer instanceof BlockAnswer done && done.status() == Status.DONE) {
              found.accept(done.image());
            } else {
              if (answer instanceof BlockAnswer bad && bad.status() == Status.CORRUPT) {
                stream.volume().repairs().report(stream, block, replica.target.disk());
              }
              otherwise.run();
            }
          });
    }

    private void answered() {
      if (images.size() < map.dataCount()) {
        outcome.done(false, Optional.empty());
        return;
      }
      Optional<BlockVersion> version = images.firstEntry().getValue().map(BlockImage::version);
      for (Optional<BlockImage> image : images.values()) {
        if (!image.map(i -> i.version().version()).equals(version.map(BlockVersion::version))) {
          context.defect("fragments of " + block + " have different versions");
          outcome.done(false, Optional.empty());
          return;
        }
      }
      if (version.isEmpty()) {
        outcome.done(true, Optional.empty());
        return;
      }
      TreeMap<Integer, BlockImage> present = new TreeMap<>();
      images.forEach((fragment, image) -> present.put(fragment, image.orElseThrow()));
      Optional<BlockImage> made =
          new FragmentMaker(map.scheme(), context.codes(), present).make(fragmentOf(target));
      if (made.isEmpty()) {
        context.defect("what was brought back of " + block + " is not what its rows say");
      }
      outcome.done(made.isPresent(), made);
    }
  }
}
