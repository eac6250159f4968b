package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients' writes and zeroings of neighbouring rows of a stripe, as one entry.
 *
 * <pre>
 *  waits for the lock of the rows, others of the same rows join
 *    -> what the live layer may lack and is not written whole is copied up, as entries before
 *    -> read what the parities need -> compute -> number -> settled -> release, answer all
 *                ^                                   |
 *                +--- a member came in between ------+
 * </pre>
 *
 * The lock is held all the time, so what was read stays true until the entry is numbered: one entry
 * in flight for a row, and for the rows that share a page of row checksums. Those that wait
 * together go together. Writes need no lease, since members fence them.
 */
final class RowWrite {
  /** Bytes that go together: as much as one client's request may bring. */
  private static final int BYTES_MAX = Message.PAYLOAD_BYTES_MAX;

  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final GroupStream stream;
  private final RangeLocks.Lock lock;
  private final List<PlacePart> parts = new ArrayList<>();

  /** Null when it is written whatever is there; one that expects something goes alone. */
  private final Expectation expectation;

  private int bytes;
  private boolean started;
  private boolean waiting = true;
  private boolean numbered;

  /** What could not be read was repaired as far as that is possible, and is read again. */
  private boolean repaired;

  /** The stripe in the layer that was live when this was looked at last. */
  private BlockKey stripe;

  private MemberChanges changes;

  private RowWrite(
      NodeContext context,
      OwnedVolume volume,
      PlacePart part,
      StripeMap.Span rows,
      Expectation expectation) {
    this.context = context;
    this.expectation = expectation;
    this.volume = volume;
    stripe = part.place();
    stream = volume.streamOf(stripe.index());
    lock = new RangeLocks.Lock(stripe, rows.firstRow(), rows.rowCount(), this::lockGranted);
  }

  /** Joins one that waits for the same rows, or makes another. */
  static RowWrite with(
      NodeContext context, OwnedVolume volume, Requester session, ClientRequest request) {
    PlacePart part = PlacePart.of(volume.record(), session, Expectation.write(request));
    Expectation expectation = Expectation.of(request);
    StripeMap.Span hull = volume.map().hull(part.firstPage(), part.pageCount());
    int pages = RowSums.pageCount(hull.firstRow(), hull.rowCount());
    StripeMap.Span rows =
        new StripeMap.Span(RowSums.firstRow(hull.firstRow()), pages * StripeMap.ROWS_PER_SUM_PAGE);
    RowWrite last = volume.lastWrite(part.place());
    if (expectation == null && last != null && last.takes(rows, request)) {
      last.add(part);
      return last;
    }
    RowWrite write = new RowWrite(context, volume, part, rows, expectation);
    write.add(part);
    volume.lastWrite(part.place(), write);
    return write;
  }

  /** Waits for the lock; again and again is once. */
  void start() {
    if (!started) {
      started = true;
      volume.locks().acquire(lock);
    }
  }

  /** Whether it may take effect though a session ends, and is not settled yet. */
  boolean numbered() {
    return numbered;
  }

  RangeLocks.Lock lock() {
    return lock;
  }

  private boolean takes(StripeMap.Span rows, ClientRequest request) {
    return waiting
        && expectation == null
        && rows.firstRow() == lock.firstPage
        && rows.rowCount() == lock.pageCount
        && bytes + request.length() <= BYTES_MAX;
  }

  private void add(PlacePart part) {
    parts.add(part);
    bytes += part.request().length();
  }

  private void lockGranted() {
    waiting = false;
    volume.forget(this, lock.block);
    if (expectation != null) {
      expectation.forget();
    }
    locked();
  }

  /** What is not numbered yet ends with its session, and when reservations exclude it. */
  private boolean dropped() {
    if (parts.removeIf(part -> part.session().ended() || excluded(part))) {
      changes = null;
    }
    if (parts.isEmpty() || volume.stopped()) {
      volume.locks().release(lock);
      return true;
    }
    return false;
  }

  private static boolean excluded(PlacePart part) {
    boolean excluded = part.session().excluded(Access.WRITES);
    if (excluded) {
      part.session().finish(part.request().number(), Status.CONFLICT, NO_DATA);
    }
    return excluded;
  }

  private void locked() {
    if (dropped()) {
      return;
    }
    if (!stream.writable()) {
      stream.whenServing(this::locked);
      return;
    }
    if (stripe.layer() != volume.record().live().number()) {
      ofAnotherLayer();
    }
    long lacking = lacking();
    if (lacking != 0) {
      copyUp(lacking);
    } else if (expectation != null && !expectation.isMet(stream.epoch())) {
      compare();
    } else if (changes == null || !stream.covered(changes)) {
      read();
    } else {
      numbered = stream.number(stripe, changes, this::settled);
      if (!numbered) {
        volume.credits().waitFor(this::locked);
      }
    }
  }

  /** A snapshot was made while this waited: what was computed is of the layer before. */
  private void ofAnotherLayer() {
    parts.replaceAll(part -> PlacePart.of(volume.record(), part.session(), part.request()));
    stripe = parts.get(0).place();
    changes = null;
  }

  /** Rows of units that the live layer may lack and that are not written whole, by bit. */
  private long lacking() {
    if (!volume.record().layered()) {
      return 0;
    }
    long kept = new RowRanges(volume.map(), parts, false).unitsKeptInPart();
    return kept & ~volume.liveUnits().known(stripe.layer(), stripe.index());
  }

  private void copyUp(long lacking) {
    BlockKey to = stripe;
    LayerChain chain = LayerChain.of(volume.record(), to.layer(), to.index());
    UnitRows.ask(
        context,
        stream,
        chain.views(),
        chain.originEndPage() == 0,
        to.index(),
        (status, units) -> {
          if (dropped()) {
            return;
          }
          if (status != Status.DONE) {
            context.later(Timing.CLIENT_RETRY, this::locked);
            return;
          }
          volume.liveUnits().found(to.layer(), to.index(), units.top());
          new CopyUp(context, stream, chain, units, to, () -> isLive(to), this::copiedUp)
              .start(lacking & ~units.top());
        });
  }

  private boolean isLive(BlockKey of) {
    return of.layer() == volume.record().live().number();
  }

  private void copiedUp(Status status) {
    if (dropped()) {
      return;
    }
    if (status == Status.DONE) {
      locked();
    } else if (status == Status.CORRUPT) {
      repairOrGiveUp();
    } else {
      context.later(Timing.CLIENT_RETRY, this::locked);
    }
  }

  private void compare() {
    PlacePart part = parts.get(0);
    int fragment = volume.map().fragment(part.firstPage());
    long epoch = stream.epoch();
    new RowFetch(
            context,
            stream,
            stripe,
            new StripeMap.Span(volume.map().row(part.firstPage()), 1),
            1 << fragment,
            true,
            false,
            (status, rows) -> {
              if (!dropped()) {
                compared(part, epoch, status, rows == null ? null : rows.fragments[fragment]);
              }
            })
        .start();
  }

  private void compared(PlacePart part, long epoch, Status status, ByteBuffer page) {
    if (status == Status.CORRUPT) {
      repairOrGiveUp();
    } else if (status != Status.DONE) {
      context.later(Timing.CLIENT_RETRY, this::locked);
    } else {
      ByteBuffer difference = expectation.difference(page, part.skip(), epoch);
      if (difference == null) {
        locked();
      } else {
        volume.locks().release(lock);
        boolean sameEpoch = stream.epoch() == epoch;
        expectation.refuse(context, part.session(), part.request().number(), difference, sameEpoch);
      }
    }
  }

  private void repairOrGiveUp() {
    if (repaired) {
      finish(Status.CORRUPT);
    } else {
      repaired = true;
      volume.locks().release(lock);
      volume.repairs().repairChain(stream, stripe, () -> volume.locks().acquire(lock));
    }
  }

  private void read() {
    List<PlacePart> planned = List.copyOf(parts);
    RowEntry.make(
        context,
        stream,
        planned,
        (status, made) -> {
          if (!dropped()) {
            wasRead(planned, status, made);
          }
        });
  }

  private void wasRead(List<PlacePart> planned, Status status, MemberChanges made) {
    if (status == Status.DONE) {
      // Somebody's session may have ended meanwhile: what is numbered is planned for those there.
      changes = planned.equals(parts) ? made : null;
      locked();
    } else if (status == Status.CORRUPT) {
      repairOrGiveUp();
    } else {
      context.later(Timing.CLIENT_RETRY, this::locked);
    }
  }

  private void settled() {
    if (volume.record().layered()) {
      StripeMap.Span hull = new RowRanges(volume.map(), parts, false).hull();
      volume.liveUnits().settled(stripe.layer(), stripe.index(), hull.firstRow(), hull.rowCount());
    }
    volume.orphans().remove(lock);
    finish(Status.DONE);
  }

  private void finish(Status status) {
    volume.locks().release(lock);
    for (PlacePart part : parts) {
      part.session().finish(part.request().number(), status, NO_DATA);
    }
  }
}
