package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ExtentsAnswer;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Answers what places of a snapshot read as, some of them at a time. Frozen layers never change,
 * and any prefix of the volume's history that the freezing was waited for shows them, so neither a
 * lease nor the present epoch is asked for.
 */
final class SnapshotExtents {
  private static final int OPEN_MAX = 8;
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final NodeId from;
  private final ExtentsRequest request;
  private final ByteBuffer units;
  private final int unitsPerPlace;
  private int asked;
  private int done;
  private boolean over;

  SnapshotExtents(NodeContext context, OwnedVolume volume, NodeId from, ExtentsRequest request) {
    this.context = context;
    this.volume = volume;
    this.from = from;
    this.request = request;
    unitsPerPlace = volume.record().redundancy().spanPages() / Geometry.PAGES_PER_UNIT;
    int places = Math.max(0, Math.min(request.count(), ExtentsRequest.COUNT_MAX));
    units = ByteBuffer.allocate(places * unitsPerPlace);
  }

  static void refuse(NodeContext context, NodeId to, ExtentsRequest request) {
    context.send(to, new ExtentsAnswer(request.request(), Status.REFUSED, NO_DATA));
  }

  void start() {
    long snapshot = layer(request.snapshot());
    long since = request.since() == 0 ? 0 : layer(request.since());
    if (request.index() < 0
        || request.count() < 1
        || request.count() > ExtentsRequest.COUNT_MAX
        || snapshot == 0
        || (request.since() != 0 && since == 0)) {
      refuse(context, from, request);
    } else {
      for (int i = 0; i < OPEN_MAX; i++) {
        next(snapshot, since);
      }
    }
  }

  /** Of a snapshot of this volume that is ready; else 0. */
  private long layer(long number) {
    Optional<SnapshotRecord> snapshot = context.rcd().snapshot(number);
    return snapshot
        .filter(s -> s.volume() == volume.number())
        .map(SnapshotRecord::layer)
        .orElse(0L);
  }

  private void next(long snapshot, long since) {
    if (over || asked == request.count()) {
      return;
    }
    int place = asked++;
    int index = request.index() + place;
    if (!volume.streamOf(index).readable()) {
      fail();
      return;
    }
    new UnitMap(
            context,
            volume,
            new BlockKey(snapshot, index),
            since,
            (status, of) -> {
              if (over) {
                return;
              }
              if (status != Status.DONE) {
                fail();
                return;
              }
              units.put(place * unitsPerPlace, of);
              if (++done == request.count()) {
                over = true;
                context.send(from, new ExtentsAnswer(request.request(), Status.DONE, units));
              } else {
                next(snapshot, since);
              }
            })
        .start();
  }

  private void fail() {
    over = true;
    refuse(context, from, request);
  }
}
