package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Streams whose members have not been told that all is settled. The next entry of a stream tells
 * them; where none follows, all streams of this owner are told of together, when half a second has
 * passed or much is in doubt at the members. Small writes at random places are such streams: told
 * of one by one, each would cost as much as another write.
 */
final class IdleWatermarks {
  private final NodeContext context;
  private final Credits credits;
  private final Set<Delivery> untold = new LinkedHashSet<>();
  private long bytes;
  private boolean armed;
  private boolean planned;

  IdleWatermarks(NodeContext context, Credits credits) {
    this.context = context;
    this.credits = credits;
  }

  /** The stream's watermark has passed so many bytes of entries. */
  void settled(Delivery stream, long ofBytes) {
    untold.add(stream);
    bytes += ofBytes;
    if (!armed) {
      armed = true;
      context.later(
          Timing.IDLE_WATERMARK,
          () -> {
            armed = false;
            tell();
          });
    }
    // What members have in doubt takes room of their logs like what is not settled.
    if (bytes > credits.bytesMax() / 2 && !planned) {
      planned = true;
      context.later(
          0,
          () -> {
            planned = false;
            tell();
          });
    }
  }

  private void tell() {
    List<Delivery> all = List.copyOf(untold);
    untold.clear();
    bytes = 0;
    all.forEach(Delivery::sendIdleWatermark);
  }
}
