package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.owner.BlockSweep.Step;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.VolumeRecord.Layer;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends layers that no snapshot names any more. What is seen of one by the layer that stands on it
 * is moved there, unit by unit; when nothing stands on it, it is just emptied. Each block's entries
 * are of one stream and in order, so at every watermark a reader finds each unit in one of the two.
 */
final class LayerFolder {
  private static final int UNITS_AT_A_TIME = 16;

  private final NodeContext context;
  private final OwnedVolume volume;
  private boolean working;

  LayerFolder(NodeContext context, OwnedVolume volume) {
    this.context = context;
    this.volume = volume;
  }

  /** RCD changed the volume, or one was done. */
  void look() {
    Optional<Layer> layer = context.rcd().layerToFold(volume.record());
    if (working || volume.stopped() || layer.isEmpty()) {
      return;
    }
    working = true;
    long number = layer.get().number();
    new BlockSweep(
            context,
            volume,
            block -> block.layer() == number,
            (stream, block, answer) -> plan(stream, block, answer),
            () -> propose(number))
        .start();
  }

  private Optional<Layer> over(long layer) {
    return volume.record().children(layer).stream().findFirst();
  }

  private void plan(GroupStream stream, BlockKey block, BlockSweep.Answer answer) {
    Optional<Layer> over = over(block.layer());
    if (over.isEmpty()) {
      answer.steps(Optional.of(List.of(new Step(block, new Change.Remove(block)))));
      return;
    }
    int endPage = LayerReader.pagesWithin(over.get().belowBytes(), block.index());
    List<LayerView> views =
        List.of(
            new LayerView(over.get().number(), Geometry.PAGES_PER_BLOCK),
            new LayerView(block.layer(), endPage));
    new PageReader(
            context,
            stream,
            views,
            block.index(),
            0,
            Geometry.PAGES_PER_BLOCK,
            (status, pages, below, absent) ->
                answer.steps(
                    status == Status.DONE
                        ? Optional.of(
                            steps(block, over.get().number(), endPage, pages, below & ~absent))
                        : Optional.empty()))
        .start(true);
  }

  /** Units that the upper layer lacks and the lower one has, as far as they are seen. */
  private static List<Step> steps(
      BlockKey block, long into, int endPage, ByteBuffer pages, long moved) {
    BlockKey to = new BlockKey(into, block.index());
    List<Step> steps = new ArrayList<>();
    int unit = 0;
    int end = (endPage + Geometry.PAGES_PER_UNIT - 1) / Geometry.PAGES_PER_UNIT;
    while (unit < end) {
      int from = unit;
      while (unit < end && unit - from < UNITS_AT_A_TIME && (moved & (1L << unit)) != 0) {
        unit++;
      }
      if (unit > from) {
        int bytes = (unit - from) * Geometry.UNIT_BYTES;
        ByteBuffer data = ByteBuffer.allocate(bytes);
        data.put(0, pages, pages.position() + from * Geometry.UNIT_BYTES, bytes);
        steps.add(new Step(to, change(to, from, data)));
      } else {
        unit++;
      }
    }
    steps.add(new Step(block, new Change.Remove(block)));
    return steps;
  }

  private static Change change(BlockKey to, int unit, ByteBuffer data) {
    int firstPage = unit * Geometry.PAGES_PER_UNIT;
    boolean zero = data.mismatch(ByteBuffer.allocate(data.remaining())) < 0;
    return zero
        ? new Change.Zero(to, firstPage, data.remaining() / Geometry.PAGE_BYTES)
        : new Change.Write(to, firstPage, data);
  }

  private void propose(long layer) {
    if (volume.stopped()) {
      return;
    }
    long into = over(layer).map(Layer::number).orElse(0L);
    context.submit(
        new RcdCommand.LayerDone(volume.number(), volume.record().epoch(), layer, into),
        (answer, failure) -> {
          if (answer == null) {
            context.later(Timing.ANSWER, () -> propose(layer));
          } else {
            // Looked at again from RCD's state, which may come a little later than the answer.
            context.later(
                Timing.RETRY,
                () -> {
                  working = false;
                  look();
                });
          }
        });
  }
}
