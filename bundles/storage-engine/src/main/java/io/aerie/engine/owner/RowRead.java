package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;

/**
 * A client's read of a striped volume: needs the lease when it arrives and when it is complete
 * (rule 2, H14).
 */
final class RowRead {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Requester session;
  private final ClientRequest request;
  private final GroupStream stream;

  /** What could not be brought back was repaired as far as that is possible, and is read again. */
  private boolean repaired;

  RowRead(NodeContext context, OwnedVolume volume, Requester session, ClientRequest request) {
    this.context = context;
    this.volume = volume;
    this.session = session;
    this.request = request;
    long span = volume.record().redundancy().spanBytes();
    stream = volume.streamOf((int) (request.offset() / span));
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
    StripePart part = StripePart.of(volume.record(), session, request);
    StripeMap.Span hull = volume.map().hull(part.firstPage(), part.pageCount());
    if (volume.orphans().holdBack(part.stripe(), hull.firstRow(), hull.rowCount(), this::start)) {
      return;
    }
    long epoch = stream.epoch();
    new StripeReader(
            context,
            volume,
            part.stripe(),
            part.firstPage(),
            part.pageCount(),
            (status, pages) -> wasRead(part, epoch, status, pages))
        .start();
  }

  private void wasRead(StripePart part, long epoch, Status status, ByteBuffer pages) {
    if (status == Status.CORRUPT && !repaired) {
      repaired = true;
      volume.repairs().repairChain(stream, part.stripe(), this::start);
    } else if (status != Status.DONE || !context.leaseValid() || stream.epoch() != epoch) {
      boolean lost = status == Status.CORRUPT && stream.epoch() == epoch;
      session.finish(request.number(), lost ? Status.CORRUPT : Status.REFUSED, NO_DATA);
    } else {
      ByteBuffer wanted = pages.slice(pages.position() + part.skip(), request.length());
      session.finish(request.number(), Status.DONE, wanted);
    }
  }
}
