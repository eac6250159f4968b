package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.OriginAnswer;
import io.aerie.engine.protocol.Message.OriginRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.store.BlockKey;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Pages of a snapshot, for the owner of a volume that was cloned from it. They never change, and
 * any prefix of the volume's history that the freezing was waited for holds them, so neither a
 * lease nor the present epoch is asked for.
 */
final class OriginRead {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private OriginRead() {}

  static void answer(NodeContext context, OwnedVolume volume, NodeId from, OriginRequest request) {
    Optional<SnapshotRecord> snapshot =
        context
            .rcd()
            .snapshot(request.snapshot())
            .filter(s -> s.ready() && s.volume() == volume.number());
    if (snapshot.isEmpty() || !volume.streamOf(request.index()).readable()) {
      refuse(context, from, request);
      return;
    }
    PlaceReader.read(
        context,
        volume,
        new BlockKey(snapshot.get().layer(), request.index()),
        request.firstPage(),
        request.pageCount(),
        (status, pages) -> tell(context, from, request, status, pages));
  }

  private static void tell(
      NodeContext context, NodeId to, OriginRequest request, Status status, ByteBuffer pages) {
    boolean done = status == Status.DONE;
    context.send(to, new OriginAnswer(request.request(), status, done ? pages : NO_DATA));
  }

  static void refuse(NodeContext context, NodeId to, OriginRequest request) {
    context.send(to, new OriginAnswer(request.request(), Status.REFUSED, NO_DATA));
  }
}
