package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.InventoryAnswer;
import io.aerie.engine.protocol.Message.InventoryRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.ScrubRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Goes through all blocks that any member in sync has of a volume, group by group. What can't be
 * looked at now, because a group is not served or a member does not answer, is put behind the rest.
 */
final class ScrubWalk {
  /** What came of a step. */
  interface Stepped {
    /**
     * Told once.
     *
     * @param answered false when not all of those that were asked gave an answer
     */
    void done(boolean answered);
  }

  private final NodeContext context;
  private final OwnedVolume volume;
  private final ArrayDeque<GroupStream> streams;
  private final ArrayDeque<BlockKey> blocks = new ArrayDeque<>();
  private GroupStream stream;
  private ScrubRecord.Counts counts = ScrubRecord.Counts.NONE;

  ScrubWalk(NodeContext context, OwnedVolume volume) {
    this.context = context;
    this.volume = volume;
    streams = new ArrayDeque<>(volume.streams());
  }

  OwnedVolume volume() {
    return volume;
  }

  ScrubRecord.Counts counts() {
    return counts;
  }

  boolean done() {
    return blocks.isEmpty() && streams.isEmpty();
  }

  /** Lists the next group's blocks, or looks at the next block. */
  void step(Stepped stepped) {
    if (blocks.isEmpty()) {
      stream = streams.remove();
      list(stepped);
      return;
    }
    BlockKey block = blocks.remove();
    BlockCheck[] check = new BlockCheck[1];
    check[0] =
        new BlockCheck(
            context,
            stream,
            block,
            result -> {
              if (result == BlockCheck.Result.UNANSWERED) {
                blocks.add(block);
              } else {
                counts = counts.plus(check[0].counts());
              }
              stepped.done(result != BlockCheck.Result.UNANSWERED);
            });
    check[0].start();
  }

  private void list(Stepped stepped) {
    if (stream.state() == GroupStream.State.EMPTY) {
      context.later(0, () -> stepped.done(true));
      return;
    }
    List<Replica> asked = stream.inSync();
    if (stream.state() != GroupStream.State.SERVING || asked.isEmpty()) {
      streams.add(stream);
      context.later(0, () -> stepped.done(false));
      return;
    }
    Set<BlockKey> all = new TreeSet<>();
    int[] open = {asked.size(), asked.size()};
    for (Replica replica : asked) {
      context.ask(
          replica.node,
          Timing.ANSWER,
          request ->
              new InventoryRequest(request, replica.target, stream.key(), stream.watermark()),
          (answer, failure) -> {
            if (answer instanceof InventoryAnswer of && of.status() == Status.DONE) {
              of.blocks().stream().map(BlockVersion::block).filter(this::known).forEach(all::add);
              open[1]--;
            }
            if (--open[0] == 0) {
              listed(all, open[1] == 0, stepped);
            }
          });
    }
  }

  /** Of a layer that is gone nothing is looked at: it may be about to be removed. */
  private boolean known(BlockKey block) {
    return volume.record().layer(block.layer()).isPresent();
  }

  private void listed(Set<BlockKey> all, boolean answered, Stepped stepped) {
    if (answered) {
      blocks.addAll(all);
    } else {
      streams.add(stream);
    }
    stepped.done(answered);
  }
}
