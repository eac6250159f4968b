package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.LayerView;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.rcd.VolumeRecord.Layer;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads pages of a volume of copies as they are seen from one of its layers.
 *
 * <pre>
 *  the volume's own layers, in one question to a member: they lie on the same disks
 *    -> what all of them lack, of a clone: asked of the owner of the volume that it was made of
 * </pre>
 */
final class LayerReader {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once.
     *
     * @param below units, by bit, that the top layer lacks
     */
    void done(Status status, ByteBuffer pages, long below);
  }

  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final long top;
  private final int index;
  private final int firstPage;
  private final int pageCount;
  private final Outcome outcome;
  private final List<LayerView> views = new ArrayList<>();

  /** The block's pages that are seen in the origin end here. */
  private int originEndPage;

  LayerReader(
      NodeContext context,
      OwnedVolume volume,
      long top,
      int index,
      int firstPage,
      int pageCount,
      Outcome outcome) {
    this.context = context;
    this.volume = volume;
    this.top = top;
    this.index = index;
    this.firstPage = firstPage;
    this.pageCount = pageCount;
    this.outcome = outcome;
  }

  void start() {
    VolumeRecord record = volume.record();
    int endPage = Geometry.PAGES_PER_BLOCK;
    for (Layer layer : record.chain(top)) {
      views.add(new LayerView(layer.number(), endPage));
      endPage = Math.min(endPage, pagesWithin(layer.belowBytes(), index));
    }
    originEndPage = record.origin() == 0 ? 0 : endPage;
    boolean layered = views.size() > 1 || record.origin() != 0;
    new PageReader(
            context, volume.streamOf(index), views, index, firstPage, pageCount, this::ownRead)
        .start(layered);
  }

  /** How many of a block's pages lie before a place in the volume. */
  static int pagesWithin(long bytes, int index) {
    long pages = bytes / Geometry.PAGE_BYTES - (long) index * Geometry.PAGES_PER_BLOCK;
    return (int) Math.max(0, Math.min(pages, Geometry.PAGES_PER_BLOCK));
  }

  private void ownRead(Status status, ByteBuffer pages, long below, long absent) {
    if (status != Status.DONE) {
      outcome.done(status, NO_DATA, 0);
      return;
    }
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (int page = firstPage; page < Math.min(firstPage + pageCount, originEndPage); page++) {
      if ((absent & (1L << (page / Geometry.PAGES_PER_UNIT))) != 0) {
        from = Math.min(from, page);
        to = page + 1;
      }
    }
    if (to == 0) {
      outcome.done(Status.DONE, pages, below);
    } else {
      askOrigin(pages, below, absent, from, to);
    }
  }

  private void askOrigin(ByteBuffer pages, long below, long absent, int from, int to) {
    Optional<SnapshotRecord> origin = context.rcd().snapshot(volume.record().origin());
    Optional<NodeId> owner =
        origin.flatMap(s -> context.rcd().volume(s.volume())).flatMap(VolumeRecord::owner);
    if (owner.isEmpty()) {
      outcome.done(Status.REFUSED, NO_DATA, 0);
      return;
    }
    context.ask(
        owner.get(),
        Timing.ANSWER,
        request ->
            new Message.OriginRequest(
                request, origin.get().volume(), origin.get().number(), index, from, to - from),
        (answer, failure) -> {
          if (answer instanceof Message.OriginAnswer read && read.status() == Status.DONE) {
            outcome.done(Status.DONE, laidUnder(pages, absent, read.data(), from, to), below);
          } else {
            boolean lost =
                answer instanceof Message.OriginAnswer read && read.status() == Status.CORRUPT;
            outcome.done(lost ? Status.CORRUPT : Status.REFUSED, NO_DATA, 0);
          }
        });
  }

  private ByteBuffer laidUnder(
      ByteBuffer pages, long absent, ByteBuffer ofOrigin, int from, int to) {
    ByteBuffer whole = ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES);
    whole.put(0, pages, pages.position(), whole.capacity());
    for (int page = from; page < to; page++) {
      if ((absent & (1L << (page / Geometry.PAGES_PER_UNIT))) != 0) {
        whole.put(
            (page - firstPage) * Geometry.PAGE_BYTES,
            ofOrigin,
            ofOrigin.position() + (page - from) * Geometry.PAGE_BYTES,
            Geometry.PAGE_BYTES);
      }
    }
    return whole;
  }
}
