package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;

/** A client's read: needs the lease when it arrives and when it is complete (rule 2, H14). */
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
    stream = volume.streamOf((int) (request.offset() / Geometry.BLOCK_BYTES));
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
    int block = (int) (request.offset() / Geometry.BLOCK_BYTES);
    int within = (int) (request.offset() % Geometry.BLOCK_BYTES);
    int firstPage = within / Geometry.PAGE_BYTES;
    int lastPage = (within + request.length() - 1) / Geometry.PAGE_BYTES;
    int skip = within - firstPage * Geometry.PAGE_BYTES;
    int pageCount = lastPage - firstPage + 1;
    BlockKey key = new BlockKey(volume.record().live().number(), block);
    if (volume.orphans().holdBack(key, firstPage, pageCount, this::start)) {
      return;
    }
    long epoch = stream.epoch();
    new LayerReader(
            context,
            volume,
            key.layer(),
            block,
            firstPage,
            pageCount,
            (status, pages) -> {
              if (volume.stopped()) {
                return;
              }
              if (status == Status.CORRUPT && !repaired) {
                repaired = true;
                volume.repairs().repairChain(stream, key, this::start);
                return;
              }
              if (status != Status.DONE || !context.leaseValid() || stream.epoch() != epoch) {
                boolean lost = status == Status.CORRUPT && stream.epoch() == epoch;
                session.finish(request.number(), lost ? Status.CORRUPT : Status.REFUSED, NO_DATA);
                return;
              }
              session.finish(
                  request.number(),
                  Status.DONE,
                  pages.slice(pages.position() + skip, request.length()));
            })
        .start();
  }
}
