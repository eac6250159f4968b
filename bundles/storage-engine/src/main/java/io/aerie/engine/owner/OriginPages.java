package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * What none of a clone's own layers has: asked of the owner of the volume that it was made of, by
 * bytes: that volume may have another protection.
 *
 * <p>Pages are those of a place, a block or a stripe, in the order of the volume.
 */
final class OriginPages {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final VolumeRecord clone;
  private final int index;
  private final int endPage;
  private final IntPredicate absent;

  /**
   * @param index of the place
   * @param endPage pages from here on are not seen in the origin
   * @param absent which pages the clone's own layers lack
   */
  OriginPages(
      NodeContext context, VolumeRecord clone, int index, int endPage, IntPredicate absent) {
    this.context = context;
    this.clone = clone;
    this.index = index;
    this.endPage = endPage;
    this.absent = absent;
  }

  /** Lays the origin's pages under the clone's own; at once when nothing is lacking. */
  void layUnder(int firstPage, ByteBuffer pages, PagesOutcome outcome) {
    int end = Math.min(firstPage + pages.remaining() / Geometry.PAGE_BYTES, endPage);
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (int page = firstPage; page < end; page++) {
      if (absent.test(page)) {
        from = Math.min(from, page);
        to = page + 1;
      }
    }
    if (to == 0) {
      outcome.done(Status.DONE, pages);
    } else {
      ask(firstPage, pages, from, to, outcome);
    }
  }

  private void ask(int firstPage, ByteBuffer pages, int from, int to, PagesOutcome outcome) {
    Optional<Origin> found = Origin.of(context.rcd(), clone);
    if (found.isEmpty()) {
      outcome.done(Status.REFUSED, NO_DATA);
      return;
    }
    SnapshotRecord origin = found.get().snapshot();
    context.ask(
        found.get().owner(),
        Timing.ANSWER,
        request ->
            new Message.OriginRequest(
                request,
                origin.volume(),
                origin.number(),
                index * clone.redundancy().spanBytes() + (long) from * Geometry.PAGE_BYTES,
                (to - from) * Geometry.PAGE_BYTES),
        (answer, failure) -> {
          if (answer instanceof Message.OriginAnswer read
              && read.status() == Status.DONE
              && read.data().remaining() == (to - from) * Geometry.PAGE_BYTES) {
            outcome.done(Status.DONE, laidUnder(firstPage, pages, read.data(), from, to));
          } else {
            boolean lost =
                answer instanceof Message.OriginAnswer read && read.status() == Status.CORRUPT;
            outcome.done(lost ? Status.CORRUPT : Status.REFUSED, NO_DATA);
          }
        });
  }

  private ByteBuffer laidUnder(
      int firstPage, ByteBuffer pages, ByteBuffer ofOrigin, int from, int to) {
    ByteBuffer whole = ByteBuffer.allocate(pages.remaining());
    whole.put(0, pages, pages.position(), whole.capacity());
    for (int page = from; page < to; page++) {
      if (absent.test(page)) {
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
