package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Sends entries of a stream to a member. */
final class Appender {
  private static final int BATCH_BYTES_MAX = Message.PAYLOAD_BYTES_MAX;

  /** Keeps a member's turn on its loop short. */
  private static final int BATCH_ENTRIES_MAX = 64;

  private final NodeContext context;
  private final StreamKey key;

  Appender(NodeContext context, StreamKey key) {
    this.context = context;
    this.key = key;
  }

  /** One message; without entries it tells the watermark alone. */
  void append(Replica replica, Point watermark, List<Pending> batch) {
    List<Entry> of = new ArrayList<>(batch.size());
    for (Pending entry : batch) {
      of.add(new Entry(key, entry.point, entry.groupEpoch, entry.changeFor(replica.target.disk())));
    }
    context.send(
        replica.node,
        new Message.Append(replica.target, key, watermark.epoch(), watermark.sequence(), of));
  }

  /** All entries after a place, in as many messages as their bytes ask for. */
  void appendAfter(Replica replica, Point watermark, Collection<Pending> entries, long after) {
    List<Pending> batch = new ArrayList<>();
    int bytes = 0;
    for (Pending entry : entries) {
      if (entry.point.sequence() <= after) {
        continue;
      }
      if (!batch.isEmpty()
          && (bytes + entry.bytes > BATCH_BYTES_MAX || batch.size() >= BATCH_ENTRIES_MAX)) {
        append(replica, watermark, batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(entry);
      bytes += entry.bytes;
    }
    if (!batch.isEmpty()) {
      append(replica, watermark, batch);
    }
  }
}
