package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.LayersAnswer;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pages of a block at the owner's watermark from one in-sync member after the other, this
 * node's own first: of one layer, or through several of one stream. At the watermark there is
 * nothing in doubt, so a read waits for no write.
 */
final class PageReader {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once.
     *
     * @param below units that the top layer lacks, by bit
     * @param absent units that no layer has
     */
    void done(Status status, ByteBuffer pages, long below, long absent);
  }

  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final GroupStream stream;
  private final List<LayerView> layers;
  private final int index;
  private final int firstPage;
  private final int pageCount;
  private final Outcome outcome;
  private final List<Replica> left = new ArrayList<>();
  private Status worst = Status.REFUSED;

  /**
   * @param layers from the top down
   * @param index of the block
   */
  PageReader(
      NodeContext context,
      GroupStream stream,
      List<LayerView> layers,
      int index,
      int firstPage,
      int pageCount,
      Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.layers = layers;
    this.index = index;
    this.firstPage = firstPage;
    this.pageCount = pageCount;
    this.outcome = outcome;
  }

  /**
   * @param layered whether it must be known which layer has what; a single one is else read alone
   */
  void start(boolean layered) {
    if (stream.state() == GroupStream.State.EMPTY) {
      outcome.done(Status.DONE, ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES), -1, -1);
      return;
    }
    for (Replica replica : stream.inSync()) {
      left.add(replica.node.equals(context.self()) ? 0 : left.size(), replica);
    }
    next(layered);
  }

  private Message question(long request, Replica replica, boolean layered) {
    if (layered) {
      return new Message.LayersRequest(
          request,
          replica.target,
          stream.key(),
          stream.watermark(),
          layers,
          index,
          firstPage,
          pageCount);
    }
    BlockKey block = new BlockKey(layers.get(0).layer(), index);
    return new Message.ReadRequest(
        request, replica.target, stream.key(), stream.watermark(), block, firstPage, pageCount);
  }

  private void next(boolean layered) {
    if (left.isEmpty() || stream.state() != GroupStream.State.SERVING) {
      outcome.done(worst, NO_DATA, 0, 0);
      return;
    }
    Replica replica = left.remove(0);
    context.ask(
        replica.node,
        Timing.ANSWER,
        request -> question(request, replica, layered),
        (answer, failure) -> {
          Status status = Status.REFUSED;
          if (answer instanceof ReadAnswer read) {
            status = read.status();
            if (status == Status.DONE) {
              outcome.done(status, read.data(), 0, 0);
              return;
            }
          } else if (answer instanceof LayersAnswer read) {
            status = read.status();
            if (status == Status.DONE) {
              outcome.done(status, read.data(), read.below(), read.absent());
              return;
            }
          }
          if (status == Status.CORRUPT) {
            // Which of the layers it is in is not said: all are looked at.
            List<BlockKey> blocks =
                layers.stream().map(v -> new BlockKey(v.layer(), index)).toList();
            stream.volume().repairs().report(stream, blocks, replica.target.disk());
            worst = Status.CORRUPT;
          }
          next(layered);
        });
  }
}
