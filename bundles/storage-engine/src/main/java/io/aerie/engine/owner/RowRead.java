package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;

/**
 * A client's read of a striped volume. The fragments are asked all at once, without a lock; what a
 * member can't give is brought back from others under the lock of its rows. Needs the lease when it
 * arrives and when it is complete (rule 2, H14).
 */
final class RowRead {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Requester session;
  private final ClientRequest request;
  private final StripePart part;
  private final StripeMap map;
  private final GroupStream stream;
  private final Rows[] found;
  private long epoch;
  private int open;
  private Status worst = Status.DONE;

  /** What could not be brought back was repaired as far as that is possible, and is read again. */
  private boolean repaired;

  RowRead(NodeContext context, OwnedVolume volume, Requester session, ClientRequest request) {
    this.context = context;
    this.volume = volume;
    this.session = session;
    this.request = request;
    part = StripePart.of(volume.record(), session, request);
    map = volume.map();
    stream = volume.streamOf(part.stripe().index());
    found = new Rows[map.dataCount()];
  }

  void start() {
    if (session.ended() || volume.stopped()) {
      return;
    }
    if (!context.leaseValid()) {
      session.finish(request.number(), Status.REFUSED, NO_DATA);
      return;
    }
    if (session.excluded(Access.READS)) {
      session.finish(request.number(), Status.CONFLICT, NO_DATA);
      return;
    }
    if (!stream.readable()) {
      stream.whenServing(this::start);
      return;
    }
    StripeMap.Span hull = map.hull(part.firstPage(), part.pageCount());
    if (volume.orphans().holdBack(part.stripe(), hull.firstRow(), hull.rowCount(), this::start)) {
      return;
    }
    epoch = stream.epoch();
    open = 1;
    for (int i = 0; i < found.length; i++) {
      StripeMap.Span span = map.span(i, part.firstPage(), part.pageCount());
      if (!span.isEmpty()) {
        open++;
        direct(i, span);
      }
    }
    closed(Status.DONE);
  }

  private void direct(int fragment, StripeMap.Span span) {
    new RowFetch(
            context,
            stream,
            part.stripe(),
            span,
            1 << fragment,
            false,
            false,
            (status, rows) -> {
              if (status == Status.DONE) {
                found[fragment] = rows;
                closed(status);
              } else {
                bringBack(fragment, span);
              }
            })
        .start();
  }

  private void bringBack(int fragment, StripeMap.Span span) {
    RangeLocks.Lock[] lock = new RangeLocks.Lock[1];
    lock[0] =
        new RangeLocks.Lock(
            part.stripe(),
            span.firstRow(),
            span.rowCount(),
            () ->
                new RowFetch(
                        context,
                        stream,
                        part.stripe(),
                        span,
                        1 << fragment,
                        true,
                        false,
                        (status, rows) -> {
                          found[fragment] = rows;
                          volume.locks().release(lock[0]);
                          closed(status);
                        })
                    .start());
    volume.locks().acquire(lock[0]);
  }

  private void again() {
    worst = Status.DONE;
    start();
  }

  private void closed(Status status) {
    if (status != Status.DONE) {
      worst = worst == Status.CORRUPT ? worst : status;
    }
    if (--open > 0 || volume.stopped()) {
      return;
    }
    if (worst == Status.CORRUPT && !repaired) {
      repaired = true;
      volume.repairs().repair(stream, part.stripe(), this::again);
      return;
    }
    if (worst != Status.DONE || !context.leaseValid() || stream.epoch() != epoch) {
      boolean lost = worst == Status.CORRUPT && stream.epoch() == epoch;
      session.finish(request.number(), lost ? Status.CORRUPT : Status.REFUSED, NO_DATA);
      return;
    }
    ByteBuffer pages = ByteBuffer.allocate(part.pageCount() * Geometry.PAGE_BYTES);
    map.runs(
        part.firstPage(),
        part.pageCount(),
        (page, fragment, row, count) -> {
          ByteBuffer from = found[fragment].fragments[fragment];
          pages.put(
              (page - part.firstPage()) * Geometry.PAGE_BYTES,
              from,
              found[fragment].index(row, from),
              count * Geometry.PAGE_BYTES);
        });
    session.finish(request.number(), Status.DONE, pages.slice(part.skip(), request.length()));
  }
}
