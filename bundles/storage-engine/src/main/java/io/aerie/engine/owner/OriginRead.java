package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.OriginAnswer;
import io.aerie.engine.protocol.Message.OriginRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Pages of a snapshot, for the owner of a volume that was cloned from it. They never change, and
 * any prefix of the volume's history that the freezing was waited for holds them, so neither a
 * lease nor the present epoch is asked for.
 *
 * <p>The clone may have another protection: its places are not those of this volume, so a range may
 * lie in several of these, which are read one after the other.
 */
final class OriginRead {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final NodeId from;
  private final OriginRequest request;
  private final long layer;
  private final ByteBuffer pages;

  private OriginRead(
      NodeContext context,
      OwnedVolume volume,
      NodeId from,
      OriginRequest request,
      SnapshotRecord snapshot) {
    this.context = context;
    this.volume = volume;
    this.from = from;
    this.request = request;
    layer = snapshot.layer();
    pages = ByteBuffer.allocate(request.length());
  }

  static void answer(NodeContext context, OwnedVolume volume, NodeId from, OriginRequest request) {
    Optional<SnapshotRecord> snapshot =
        context
            .rcd()
            .snapshot(request.snapshot())
            .filter(s -> s.ready() && s.volume() == volume.number());
    if (snapshot.isEmpty() || !isValid(request)) {
      refuse(context, from, request);
    } else {
      new OriginRead(context, volume, from, request, snapshot.get()).next();
    }
  }

  private static boolean isValid(OriginRequest request) {
    return request.offset() >= 0
        && request.length() > 0
        && request.length() <= OriginRequest.LENGTH_MAX
        && request.offset() % Geometry.PAGE_BYTES == 0
        && request.length() % Geometry.PAGE_BYTES == 0;
  }

  private void next() {
    if (!pages.hasRemaining()) {
      context.send(from, new OriginAnswer(request.request(), Status.DONE, pages.flip()));
      return;
    }
    long span = volume.record().redundancy().spanBytes();
    long at = request.offset() + pages.position();
    int index = (int) (at / span);
    int within = (int) (at % span);
    if (!volume.streamOf(index).readable()) {
      refuse(context, from, request);
      return;
    }
    int length = (int) Math.min(pages.remaining(), span - within);
    PlaceReader.read(
        context,
        volume,
        new BlockKey(layer, index),
        within / Geometry.PAGE_BYTES,
        length / Geometry.PAGE_BYTES,
        this::wasRead);
  }

  private void wasRead(Status status, ByteBuffer of) {
    if (status == Status.DONE) {
      pages.put(of.duplicate());
      next();
    } else {
      context.send(from, new OriginAnswer(request.request(), status, NO_DATA));
    }
  }

  static void refuse(NodeContext context, NodeId to, OriginRequest request) {
    context.send(to, new OriginAnswer(request.request(), Status.REFUSED, NO_DATA));
  }
}
