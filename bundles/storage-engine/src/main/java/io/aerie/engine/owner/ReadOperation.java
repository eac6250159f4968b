package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;

/**
 * A client's read, of data or of which units have some: needs the lease when it arrives and when it
 * is complete (rule 2, H14).
 */
final class ReadOperation {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Requester session;
  private final ClientRequest request;
  private final GroupStream stream;

  /** What no member could give was repaired as far as that is possible, and is read once more. */
  private boolean repaired;

  ReadOperation(NodeContext context, OwnedVolume volume, Requester session, ClientRequest request) {
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
    PlacePart part = PlacePart.of(volume.record(), session, request);
    if (heldBack(part)) {
      return;
    }
    long epoch = stream.epoch();
    if (request.operation() == Operation.EXTENTS) {
      new UnitMap(
              context,
              volume,
              part.place(),
              0,
              (status, units) ->
                  wasRead(part, epoch, status, units == null ? NO_DATA : of(part, units)))
          .start();
    } else {
      PlaceReader.read(
          context,
          volume,
          part.place(),
          part.firstPage(),
          part.pageCount(),
          (status, pages) ->
              wasRead(
                  part,
                  epoch,
                  status,
                  status == Status.DONE
                      ? pages.slice(pages.position() + part.skip(), request.length())
                      : NO_DATA));
    }
  }

  private static ByteBuffer of(PlacePart part, byte[] units) {
    int first = part.firstPage() / Geometry.PAGES_PER_UNIT;
    int last = (part.firstPage() + part.pageCount() - 1) / Geometry.PAGES_PER_UNIT;
    return ByteBuffer.wrap(units).slice(first, last - first + 1);
  }

  /** Whether it waits for what is not settled of attachments that ended. */
  private boolean heldBack(PlacePart part) {
    BlockKey place = part.place();
    int first = part.firstPage();
    int count = part.pageCount();
    if (volume.record().redundancy().striped()) {
      StripeMap.Span rows = volume.map().hull(first, count);
      first = rows.firstRow();
      count = rows.rowCount();
    }
    return volume.orphans().holdBack(place, first, count, this::start);
  }

  private void wasRead(PlacePart part, long epoch, Status status, ByteBuffer wanted) {
    if (volume.stopped()) {
      return;
    }
    if (status == Status.CORRUPT && !repaired) {
      repaired = true;
      volume.repairs().repairChain(stream, part.place(), this::start);
    } else if (status != Status.DONE || !context.leaseValid() || stream.epoch() != epoch) {
      boolean lost = status == Status.CORRUPT && stream.epoch() == epoch;
      session.finish(request.number(), lost ? Status.CORRUPT : Status.REFUSED, NO_DATA);
    } else {
      session.finish(request.number(), Status.DONE, wanted);
    }
  }
}
