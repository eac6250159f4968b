package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientAnswer;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.TreeMap;

/**
 * An attachment as its volume's owner sees it: which parts are being done or were answered, so that
 * none is done twice under this owner, and none after the attachment ended (H5, H6).
 */
final class Session implements Requester {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  /** Parts that a client may have open; a well-behaved one stays far below. */
  private static final int PARTS_MAX = 4096;

  /** It is being read: may be done again, so nothing is remembered of it. */
  private static final Object READING = new Object();

  private final NodeContext context;
  private final OwnedVolume volume;
  private final NodeId client;
  private final long generation;

  /** Null when the client is no initiator. */
  private final Nexus nexus;

  /** Parts by number: what is being done, or how it ended. */
  private final TreeMap<Long, Object> parts = new TreeMap<>();

  /** An outcome that is remembered. */
  private record Ended(Status status, ByteBuffer data) {}

  /** The volume's limits hold it back. */
  private final class Waiting implements Throttle.Held {
    private final ClientRequest request;

    Waiting(ClientRequest request) {
      this.request = request;
    }

    @Override
    public ClientRequest request() {
      return request;
    }

    @Override
    public boolean wanted() {
      return parts.get(request.number()) == this;
    }

    @Override
    public void begin() {
      if (wanted()) {
        Session.this.begin(request);
      }
    }
  }

  private long lowest;
  private boolean ended;

  Session(NodeContext context, OwnedVolume volume, AttachmentRecord attachment) {
    this.context = context;
    this.volume = volume;
    client = attachment.node();
    generation = attachment.generation();
    nexus = attachment.nexus().orElse(null);
  }

  static void refuse(NodeContext context, NodeId to, ClientRequest request, long epoch) {
    context.send(
        to,
        new ClientAnswer(
            request.volume(),
            epoch,
            request.generation(),
            request.number(),
            Status.REFUSED,
            NO_DATA));
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public boolean excluded(Access access) {
    return context.rcd().conflicts(volume.number(), nexus, access);
  }

  /** What is numbered can't be called back: it is handed to the volume until it is settled. */
  void end() {
    ended = true;
    for (Object part : parts.values()) {
      if (part instanceof WriteOperation write && write.numbered()) {
        volume.orphans().add(write.lock());
      } else if (part instanceof RowWrite write && write.numbered()) {
        volume.orphans().add(write.lock());
      }
    }
    parts.clear();
  }

  void onRequest(ClientRequest request) {
    if (request.lowest() > lowest) {
      lowest = request.lowest();
      parts.headMap(lowest).clear();
    }
    long number = request.number();
    if (number < lowest) {
      return;
    }
    Object known = parts.get(number);
    if (known instanceof Ended how) {
      answer(number, how.status(), how.data());
      return;
    }
    if (known instanceof Waiting) {
      answer(number, Status.HELD, NO_DATA);
      return;
    }
    if (known != null || parts.size() >= PARTS_MAX) {
      return;
    }
    if (!valid(request)) {
      finish(number, Status.INVALID, NO_DATA);
      return;
    }
    if (request.offset() + request.length() > volume.record().sizeBytes()) {
      // The volume has grown, or shrunk, and one of the two does not know it yet.
      finish(number, Status.REFUSED, NO_DATA);
      return;
    }
    if (excluded(request.operation().reads() ? Access.READS : Access.WRITES)) {
      // Looked at again when it is numbered; here it saves what would come before that.
      finish(number, Status.CONFLICT, NO_DATA);
      return;
    }
    if (request.operation() == Operation.EXTENTS || volume.throttle().admits(request)) {
      begin(request);
    } else {
      Waiting waiting = new Waiting(request);
      parts.put(number, waiting);
      answer(number, Status.HELD, NO_DATA);
      volume.throttle().hold(waiting);
    }
  }

  private void begin(ClientRequest request) {
    long number = request.number();
    if (request.operation().reads()) {
      parts.put(number, READING);
      new ReadOperation(context, volume, this, request).start();
    } else if (volume.record().redundancy().striped()) {
      RowWrite write = RowWrite.with(context, volume, this, request);
      parts.put(number, write);
      write.start();
    } else {
      WriteOperation write = new WriteOperation(context, volume, this, request);
      parts.put(number, write);
      write.start();
    }
  }

  private boolean valid(ClientRequest request) {
    long end = request.offset() + request.length();
    long span = volume.record().redundancy().spanBytes();
    boolean aligned =
        request.offset() % Geometry.PAGE_BYTES == 0 && request.length() % Geometry.PAGE_BYTES == 0;
    return request.offset() >= 0
        && request.length() > 0
        && request.offset() / span == (end - 1) / span
        && (request.operation() != Operation.ZERO || aligned)
        && hasItsData(request);
  }

  private static boolean hasItsData(ClientRequest request) {
    int pageOffset = (int) (request.offset() % Geometry.PAGE_BYTES);
    return switch (request.operation()) {
      case READ, ZERO, EXTENTS -> true;
      case WRITE -> request.data().remaining() == request.length();
      case COMPARE_AND_WRITE ->
          request.length() <= Geometry.PAGE_BYTES - pageOffset
              && request.data().remaining() == 2 * request.length();
    };
  }

  /** A read may be done again; of others the outcome is remembered until the client has it. */
  @Override
  public void finish(long number, Status status, ByteBuffer data) {
    if (ended || number < lowest) {
      return;
    }
    boolean read = parts.get(number) == READING;
    if (read || status == Status.REFUSED) {
      parts.remove(number);
    } else {
      parts.put(number, new Ended(status, data));
    }
    answer(number, status, data);
  }

  private void answer(long number, Status status, ByteBuffer data) {
    context.send(
        client,
        new ClientAnswer(
            volume.number(), volume.record().epoch(), generation, number, status, data));
  }
}
