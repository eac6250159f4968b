package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/**
 * Reads pages of a volume of copies as they are seen from one of its layers.
 *
 * <pre>
 *  the volume's own layers, in one question to a member: they lie on the same disks
 *    -> what all of them lack, of a clone: asked of the owner of its origin's volume
 * </pre>
 */
final class LayerReader {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final BlockKey top;
  private final int firstPage;
  private final int pageCount;
  private final PagesOutcome outcome;

  /** The block's pages that are seen in the origin end here. */
  private int originEndPage;

  LayerReader(
      NodeContext context,
      OwnedVolume volume,
      BlockKey top,
      int firstPage,
      int pageCount,
      PagesOutcome outcome) {
    this.context = context;
    this.volume = volume;
    this.top = top;
    this.firstPage = firstPage;
    this.pageCount = pageCount;
    this.outcome = outcome;
  }

  void start() {
    LayerChain chain = LayerChain.of(volume.record(), top.layer(), top.index());
    originEndPage = chain.originEndPage();
    new PageReader(
            context,
            volume.streamOf(top.index()),
            chain.views(),
            top.index(),
            firstPage,
            pageCount,
            this::ownRead)
        .start(chain.layered());
  }

  private void ownRead(Status status, ByteBuffer pages, long below, long absent) {
    if (status != Status.DONE) {
      outcome.done(status, NO_DATA);
      return;
    }
    new OriginPages(
            context,
            volume.record(),
            top.index(),
            originEndPage,
            page -> (absent & (1L << (page / Geometry.PAGES_PER_UNIT))) != 0)
        .layUnder(firstPage, pages, outcome);
  }
}
