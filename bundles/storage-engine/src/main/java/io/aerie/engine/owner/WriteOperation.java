package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/**
 * A client's write or zeroing: lock, read the edges when it is not made of whole pages, number,
 * wait until it is settled. Writes need no lease, since members fence them.
 */
final class WriteOperation {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final Session session;
  private final ClientRequest request;
  private final GroupStream stream;
  private final BlockKey block;
  private final int firstPage;
  private final int pageCount;
  private final int skip;
  private RangeLocks.Lock lock;
  private Change change;
  private boolean numbered;

  /** The edges could not be read, were repaired as far as that is possible, and are read again. */
  private boolean repaired;

  WriteOperation(NodeContext context, OwnedVolume volume, Session session, ClientRequest request) {
    this.context = context;
    this.volume = volume;
    this.session = session;
    this.request = request;
    int index = (int) (request.offset() / Geometry.BLOCK_BYTES);
    int within = (int) (request.offset() % Geometry.BLOCK_BYTES);
    stream = volume.streamOf(index);
    block = new BlockKey(volume.record().live().number(), index);
    firstPage = within / Geometry.PAGE_BYTES;
    pageCount = (within + request.length() - 1) / Geometry.PAGE_BYTES - firstPage + 1;
    skip = within - firstPage * Geometry.PAGE_BYTES;
  }

  void start() {
    lock = new RangeLocks.Lock(block, firstPage, pageCount, this::locked);
    volume.locks().acquire(lock);
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
    } else if (change != null) {
      number();
    } else if (request.operation() == Operation.ZERO) {
      change = new Change.Zero(block, firstPage, pageCount);
      number();
    } else if (skip == 0 && request.length() == pageCount * Geometry.PAGE_BYTES) {
      change = new Change.Write(block, firstPage, request.data());
      number();
    } else {
      readEdges();
    }
  }

  private void readEdges() {
    new PageReader(
            context,
            stream,
            block,
            firstPage,
            pageCount,
            (status, pages) -> {
              if (dropped()) {
                return;
              }
              if (status == Status.DONE) {
                ByteBuffer whole = ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES);
                whole.put(pages.duplicate()).position(skip);
                whole.put(request.data().duplicate()).rewind();
                change = new Change.Write(block, firstPage, whole);
                locked();
              } else if (status == Status.CORRUPT && !repaired) {
                repaired = true;
                volume.locks().release(lock);
                volume.repairs().repair(stream, block, this::start);
              } else if (status == Status.CORRUPT) {
                volume.locks().release(lock);
                session.finish(request.number(), Status.CORRUPT, NO_DATA);
              } else {
                context.later(Timing.CLIENT_RETRY, this::locked);
              }
            })
        .start();
  }

  private void number() {
    numbered = stream.number(block, MemberChanges.same(change), this::settled);
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
    volume.orphans().remove(lock);
    volume.locks().release(lock);
    session.finish(request.number(), Status.DONE, NO_DATA);
  }
}
