package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Status;
import java.nio.ByteBuffer;

/**
 * A client's write or zeroing within a stripe.
 *
 * <pre>
 *  lock of the rows -> read what the parities need -> compute -> number -> settled -> release, answer
 *                           ^                                      |
 *                           +--- a member came in between ---------+
 * </pre>
 *
 * The lock is held all the time, so what was read stays true until the entry is numbered: one write
 * in flight for a row, and for the rows that share a page of row checksums. Writes need no lease,
 * since members fence them.
 */
final class RowWrite {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Session session;
  private final ClientRequest request;
  private final StripePart part;
  private final GroupStream stream;
  private final RangeLocks.Lock lock;

  /** Former parities could not be read: those are made anew from all data. */
  private boolean anew;

  private MemberChanges changes;

  RowWrite(NodeContext context, OwnedVolume volume, Session session, ClientRequest request) {
    this.context = context;
    this.volume = volume;
    this.session = session;
    this.request = request;
    part = StripePart.of(volume.record(), request);
    stream = volume.streamOf(part.stripe().index());
    StripeMap.Span hull = volume.map().hull(part.firstPage(), part.pageCount());
    int firstRow = RowSums.firstRow(hull.firstRow());
    int pages = RowSums.pageCount(hull.firstRow(), hull.rowCount());
    lock =
        new RangeLocks.Lock(
            part.stripe(), firstRow, pages * StripeMap.ROWS_PER_SUM_PAGE, this::locked);
  }

  void start() {
    volume.locks().acquire(lock);
  }

  /** Not numbered yet: ends with its session. */
  private boolean dropped() {
    if (session.ended() || volume.stopped()) {
      volume.locks().release(lock);
      return true;
    }
    return false;
  }

  private void locked() {
    if (dropped()) {
      return;
    }
    if (!stream.writable()) {
      stream.whenServing(this::locked);
    } else if (changes == null || !stream.covered(changes)) {
      read();
    } else if (!stream.number(part.stripe(), changes, this::settled)) {
      volume.credits().waitFor(this::locked);
    }
  }

  private void read() {
    RowPlan plan = new RowPlan(context, stream, part, request, anew);
    if (!plan.reads()) {
      changes = plan.compute(null);
      locked();
      return;
    }
    new RowFetch(
            context,
            stream,
            part.stripe(),
            plan.span(),
            plan.wanted(),
            true,
            plan.needsSums(),
            (status, rows) -> {
              if (dropped()) {
                return;
              }
              if (status == Status.DONE) {
                changes = plan.compute(rows);
                locked();
              } else if (plan.delta()) {
                anew = true;
                context.later(Timing.CLIENT_RETRY, this::locked);
              } else if (status == Status.CORRUPT) {
                volume.locks().release(lock);
                session.finish(request.number(), Status.CORRUPT, NO_DATA);
              } else {
                anew = false;
                context.later(Timing.CLIENT_RETRY, this::locked);
              }
            })
        .start();
  }

  private void settled() {
    volume.locks().release(lock);
    session.finish(request.number(), Status.DONE, NO_DATA);
  }
}
