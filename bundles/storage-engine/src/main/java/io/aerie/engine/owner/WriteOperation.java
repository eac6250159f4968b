package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;

/**
 * A client's write or zeroing: lock, read the edges when it is not made of whole pages, number,
 * wait until it is settled. Writes need no lease, since members fence them. One that expects
 * something compares what it read under the lock.
 *
 * <p>Where something may lie below the live layer, an entry must not leave a unit with pages that
 * were not copied from there: a unit that the live layer is not known to have is written whole, as
 * it was seen (copy-up). What is read for that is verified by whoever gives it; when nobody can,
 * the client is told (H13).
 */
final class WriteOperation {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Requester session;
  private final ClientRequest request;
  private final GroupStream stream;
  private final int index;
  private final int firstPage;
  private final int pageCount;
  private final int skip;

  /** Null when it is written whatever is there. */
  private final Expectation expectation;

  private RangeLocks.Lock lock;

  /** Pages of the change: the request's, and the rest of units that are copied up. */
  private int from;

  private int to;

  /** For this live layer; another one while it waited makes it void. */
  private long layer;

  private Change change;
  private boolean numbered;

  /** The edges could not be read, were repaired as far as that is possible, and are read again. */
  private boolean repaired;

  WriteOperation(
      NodeContext context, OwnedVolume volume, Requester session, ClientRequest request) {
    this.context = context;
    this.volume = volume;
    this.session = session;
    this.request = Expectation.write(request);
    expectation = Expectation.of(request);
    index = (int) (request.offset() / Geometry.BLOCK_BYTES);
    int within = (int) (request.offset() % Geometry.BLOCK_BYTES);
    stream = volume.streamOf(index);
    firstPage = within / Geometry.PAGE_BYTES;
    pageCount = (within + request.length() - 1) / Geometry.PAGE_BYTES - firstPage + 1;
    skip = within - firstPage * Geometry.PAGE_BYTES;
  }

  void start() {
    layer = volume.record().live().number();
    change = null;
    from = firstPage;
    to = firstPage + pageCount;
    if (volume.record().layered()) {
      from = copiedUp(from) ? from - from % Geometry.PAGES_PER_UNIT : from;
      to = copiedUp(to) ? to + Geometry.PAGES_PER_UNIT - to % Geometry.PAGES_PER_UNIT : to;
    }
    lock = new RangeLocks.Lock(block(), from, to - from, this::locked);
    volume.locks().acquire(lock);
  }

  /** Whether an edge of the range is within a unit that the live layer may lack. */
  private boolean copiedUp(int page) {
    return page % Geometry.PAGES_PER_UNIT != 0
        && !volume.liveUnits().knows(layer, index, page / Geometry.PAGES_PER_UNIT);
  }

  private BlockKey block() {
    return new BlockKey(layer, index);
  }

  /** Not numbered yet: ends with its session. */
  private boolean dropped() {
    if (session.ended() || volume.stopped()) {
      volume.locks().release(lock);
      return true;
    }
    return false;
  }

  private void locked() {
    if (dropped()) {
      return;
    }
    if (!stream.writable()) {
      stream.whenServing(this::locked);
    } else if (layer != volume.record().live().number()) {
      // A snapshot was made while this waited.
      volume.locks().release(lock);
      start();
    } else if (change != null && asExpected()) {
      number();
    } else if (expectation != null || to - from != pageCount || !wholePages()) {
      readEdges();
    } else {
      change =
          request.operation() == Operation.ZERO
              ? new Change.Zero(block(), firstPage, pageCount)
              : new Change.Write(block(), firstPage, request.data());
      number();
    }
  }

  private boolean asExpected() {
    return expectation == null || expectation.isMet(stream.epoch());
  }

  private boolean wholePages() {
    return skip == 0 && request.length() == pageCount * Geometry.PAGE_BYTES;
  }

  private void readEdges() {
    long epoch = stream.epoch();
    new LayerReader(
            context,
            volume,
            block(),
            from,
            to - from,
            (status, pages) -> {
              if (dropped()) {
                return;
              }
              if (status == Status.DONE) {
                edgesRead(pages, epoch);
              } else if (status == Status.CORRUPT && !repaired) {
                repaired = true;
                volume.locks().release(lock);
                volume.repairs().repairChain(stream, block(), this::start);
              } else if (status == Status.CORRUPT) {
                volume.locks().release(lock);
                session.finish(request.number(), Status.CORRUPT, NO_DATA);
              } else {
                context.later(Timing.CLIENT_RETRY, this::locked);
              }
            })
        .start();
  }

  private void edgesRead(ByteBuffer pages, long epoch) {
    int at = (firstPage - from) * Geometry.PAGE_BYTES + skip;
    ByteBuffer difference = expectation == null ? null : expectation.difference(pages, at, epoch);
    if (difference == null) {
      change = new Change.Write(block(), from, laidOver(pages));
      locked();
    } else {
      volume.locks().release(lock);
      expectation.refuse(context, session, request.number(), difference, stream.epoch() == epoch);
    }
  }

  private ByteBuffer laidOver(ByteBuffer pages) {
    ByteBuffer whole = ByteBuffer.allocate((to - from) * Geometry.PAGE_BYTES);
    whole.put(0, pages, pages.position(), whole.capacity());
    int at = (firstPage - from) * Geometry.PAGE_BYTES + skip;
    if (request.operation() == Operation.ZERO) {
      whole.put(at, new byte[request.length()]);
    } else {
      whole.put(at, request.data(), request.data().position(), request.length());
    }
    return whole;
  }

  private void number() {
    if (session.excluded(Access.WRITES)) {
      volume.locks().release(lock);
      session.finish(request.number(), Status.CONFLICT, NO_DATA);
      return;
    }
    numbered = stream.number(block(), MemberChanges.same(change), this::settled);
    if (!numbered) {
      volume.credits().waitFor(this::locked);
    }
  }

  /** Whether it may take effect though its session ends, and is not settled yet. */
  boolean numbered() {
    return numbered;
  }

  RangeLocks.Lock lock() {
    return lock;
  }

  private void settled() {
    if (volume.record().layered()) {
      volume.liveUnits().settled(layer, index, from, to - from);
    }
    volume.orphans().remove(lock);
    volume.locks().release(lock);
    session.finish(request.number(), Status.DONE, NO_DATA);
  }
}
