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
 *
 * <p>Units of copies are moved only while no copy lacks anything, and the layer goes only then. One
 * that was away has them in the lower layer still: if it were accepted because all others are lost,
 * and RCD knew that layer no more, they would read as zeroes, and nobody could tell.
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
    if (working || volume.stopped() || layer.isEmpty() || waits(layer.get().number())) {
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

  /** Something would be moved that a copy lacks where it was. */
  private boolean waits(long layer) {
    return over(layer).isPresent() && !volume.copiesAreWhole();
  }

  private void plan(GroupStream stream, BlockKey block, BlockSweep.Answer answer) {
    Optional<Layer> over = over(block.layer());
    if (over.isEmpty()) {
      answer.steps(Optional.of(List.of(new Step(block, new Change.Remove(block)))));
      return;
    }
    if (waits(block.layer())) {
      answer.steps(Optional.empty());
      return;
    }
    int endPage = LayerChain.pagesWithin(volume.record(), over.get().belowBytes(), block.index());
    List<LayerView> views =
        List.of(
            new LayerView(over.get().number(), volume.record().redundancy().spanPages()),
            new LayerView(block.layer(), endPage));
    if (volume.record().redundancy().striped()) {
      moveRows(stream, block, views, answer);
    } else {
      moveUnits(stream, block, views, answer);
    }
  }

  private void moveUnits(
      GroupStream stream, BlockKey block, List<LayerView> views, BlockSweep.Answer answer) {
    new PageReader(
            context,
            stream,
            views,
            block.index(),
            0,
            Geometry.PAGES_PER_BLOCK,
            (status, pages, below, absent) ->
                answer.steps(
                    status == Status.DONE && !waits(block.layer())
                        ? Optional.of(steps(block, views, pages, below & ~absent))
                        : Optional.empty()))
        .start(true);
  }

  /** Of a stripe, by entries of their own; what remains to be done is to remove it. */
  private void moveRows(
      GroupStream stream, BlockKey block, List<LayerView> views, BlockSweep.Answer answer) {
    BlockKey to = new BlockKey(views.get(0).layer(), block.index());
    boolean floor =
        volume.record().origin() == 0
            && volume.record().layer(block.layer()).filter(l -> l.parent() == 0).isPresent();
    UnitRows.ask(
        context,
        stream,
        views,
        floor,
        block.index(),
        (status, units) -> {
          if (status != Status.DONE) {
            answer.steps(Optional.empty());
            return;
          }
          CopyUp copyUp =
              new CopyUp(
                  context,
                  stream,
                  new LayerChain(views, 0),
                  units,
                  to,
                  () -> over(block.layer()).filter(l -> l.number() == to.layer()).isPresent(),
                  moved ->
                      answer.steps(
                          moved == Status.DONE
                              ? Optional.of(List.of(new Step(block, new Change.Remove(block))))
                              : Optional.empty()));
          if (floor) {
            copyUp.leaveZeroesOut();
          }
          copyUp.start(moved(units, views.get(1).endPage()));
        });
  }

  /** Rows of units that the upper layer lacks and the lower one has, as far as they are seen. */
  private long moved(UnitRows units, int endPage) {
    long moved = 0;
    int pagesOfRow = volume.map().dataCount() * Geometry.PAGES_PER_UNIT;
    for (int unit = 0; unit * pagesOfRow < endPage; unit++) {
      boolean lacks = units.source(unit) != 0;
      moved |= lacks && units.sourceBelow(unit) != UnitRows.NONE ? 1L << unit : 0;
    }
    return moved;
  }

  /** Units that the upper layer lacks and the lower one has, as far as they are seen. */
  private static List<Step> steps(
      BlockKey block, List<LayerView> views, ByteBuffer pages, long moved) {
    BlockKey to = new BlockKey(views.get(0).layer(), block.index());
    int endPage = views.get(1).endPage();
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
    if (waits(layer)) {
      context.later(2 * Timing.ANSWER, () -> propose(layer));
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
