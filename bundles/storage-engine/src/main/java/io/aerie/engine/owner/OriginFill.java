package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.UnitContent;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Brings into a volume what it only sees in the one whose place it took when its protection was
 * changed: place by place, each under the lock of the whole, so that clients get between. When
 * nothing is lacking the former volume goes.
 *
 * <pre>
 *  place: has it data? -no-> next
 *    -> lock -> which units does the layer lack? -> read, write what is not zero, all settled
 *    -> release -> a pause as long as it took -> next
 *  behind the last place -> ConversionDone
 * </pre>
 *
 * <p>What is zero stays absent: there will be nothing below. What is done is told now and then, so
 * that the next owner begins there: a unit that is there does not vanish, for a volume that is
 * filled can't be cut.
 */
final class OriginFill {
  private static final int UNITS_AT_A_TIME = 16;

  private final NodeContext context;
  private final OwnedVolume volume;
  private boolean working;
  private long layer;
  private int place;
  private long toldNanos;
  private long beganNanos;
  private RangeLocks.Lock lock;

  OriginFill(NodeContext context, OwnedVolume volume) {
    this.context = context;
    this.volume = volume;
  }

  /** RCD changed the volume. */
  void look() {
    if (!working && isWanted()) {
      working = true;
      layer = volume.record().live().number();
      place = (int) volume.record().conversion().filledPlaces();
      toldNanos = context.now();
      next();
    }
  }

  private boolean isWanted() {
    return !volume.stopped() && context.rcd().fills(volume.record());
  }

  /** Whether it may still be done; ends it where not. */
  private boolean goesOn() {
    boolean goesOn = isWanted() && volume.record().live().number() == layer;
    if (!goesOn) {
      working = false;
      release();
    }
    return goesOn;
  }

  private void release() {
    if (lock != null) {
      RangeLocks.Lock held = lock;
      lock = null;
      volume.locks().release(held);
    }
  }

  private GroupStream stream() {
    return volume.streamOf(place);
  }

  private BlockKey block() {
    return new BlockKey(layer, place);
  }

  /** What is seen in the former volume; it may have grown since. */
  private long places() {
    VolumeRecord record = volume.record();
    return record.redundancy().blocks(Math.min(record.sizeBytes(), record.live().belowBytes()));
  }

  private void next() {
    if (!goesOn()) {
      return;
    }
    if (place >= places()) {
      propose();
      return;
    }
    tell();
    if (!stream().readable()) {
      stream().whenServing(this::next);
      return;
    }
    beganNanos = context.now();
    new UnitMap(context, volume, block(), 0, this::looked).start();
  }

  private void looked(Status status, byte[] units) {
    if (status != Status.DONE) {
      context.later(Timing.ANSWER, this::next);
    } else if (hasData(units)) {
      lock = new RangeLocks.Lock(block(), 0, Geometry.PAGES_PER_BLOCK, this::locked);
      volume.locks().acquire(lock);
    } else {
      place++;
      next();
    }
  }

  private static boolean hasData(byte[] units) {
    for (byte unit : units) {
      if (unit == UnitContent.DATA.number()) {
        return true;
      }
    }
    return false;
  }

  private void locked() {
    if (!goesOn()) {
      return;
    }
    if (!stream().readable()) {
      stream().whenServing(this::locked);
    } else if (volume.record().redundancy().striped()) {
      fillRows();
    } else {
      fillUnits();
    }
  }

  private LayerChain chain() {
    return LayerChain.of(volume.record(), layer, place);
  }

  private void fillRows() {
    LayerChain chain = chain();
    UnitRows.ask(
        context,
        stream(),
        chain.views(),
        false,
        place,
        (status, units) -> {
          if (status == Status.DONE) {
            new CopyUp(context, stream(), chain, units, block(), this::isWanted, this::filled)
                .leaveZeroesOut()
                .start(lacking(units, chain.originEndPage()));
          } else {
            filled(status);
          }
        });
  }

  /** Rows of units that the layer lacks, as far as they are seen in the former volume. */
  private long lacking(UnitRows units, int endPage) {
    long lacking = 0;
    int pagesOfRow = volume.map().dataCount() * Geometry.PAGES_PER_UNIT;
    for (int unit = 0; unit * pagesOfRow < endPage; unit++) {
      lacking |= units.source(unit) == UnitRows.NONE ? 1L << unit : 0;
    }
    return lacking;
  }

  private void fillUnits() {
    new UnitsQuestion(context, stream(), List.of(layer), place)
        .ask(
            answer -> {
              if (answer.isPresent()) {
                fillUnits(0, ~answer.get().get(0).held());
              } else {
                filled(Status.REFUSED);
              }
            });
  }

  /** Those units from one on that are lacking, by bit. */
  private void fillUnits(int from, long lacking) {
    if (!goesOn()) {
      return;
    }
    int endPage = chain().originEndPage();
    int end = (endPage + Geometry.PAGES_PER_UNIT - 1) / Geometry.PAGES_PER_UNIT;
    int first = from;
    while (first < end && (lacking & 1L << first) == 0) {
      first++;
    }
    if (first >= end) {
      filled(Status.DONE);
      return;
    }
    int last = first;
    while (last < end && last - first < UNITS_AT_A_TIME && (lacking & 1L << last) != 0) {
      last++;
    }
    copy(first, last, lacking);
  }

  private void copy(int first, int last, long lacking) {
    int firstPage = first * Geometry.PAGES_PER_UNIT;
    int pageCount = (last - first) * Geometry.PAGES_PER_UNIT;
    Runnable next = () -> fillUnits(last, lacking);
    new LayerReader(
            context,
            volume,
            block(),
            firstPage,
            pageCount,
            (status, pages) -> {
              if (status != Status.DONE) {
                filled(status);
              } else if (pages.mismatch(ByteBuffer.allocate(pages.remaining())) < 0) {
                next.run();
              } else {
                number(new Change.Write(block(), firstPage, pages), next);
              }
            })
        .start();
  }

  private void number(Change.Write change, Runnable next) {
    if (!goesOn()) {
      return;
    }
    Runnable again = () -> number(change, next);
    Runnable settled =
        () -> {
          int pages = change.data().remaining() / Geometry.PAGE_BYTES;
          volume.liveUnits().settled(layer, place, change.firstPage(), pages);
          next.run();
        };
    if (!stream().writable()) {
      stream().whenServing(again);
    } else if (!stream().number(block(), MemberChanges.same(change), settled)) {
      volume.credits().waitFor(again);
    }
  }

  /** Clients go on meanwhile; what can't be read now is tried again, and nothing is passed over. */
  private void filled(Status status) {
    release();
    if (status == Status.DONE) {
      place++;
      context.later(Math.max(Timing.THROTTLE, context.now() - beganNanos), this::next);
    } else {
      context.later(2 * Timing.ANSWER, this::next);
    }
  }

  private void tell() {
    if (context.now() - toldNanos >= Timing.FILL_REPORT) {
      toldNanos = context.now();
      context.submit(
          new RcdCommand.ConversionFilled(volume.number(), volume.record().epoch(), place),
          (answer, failure) -> {});
    }
  }

  private void propose() {
    if (!goesOn()) {
      return;
    }
    if (!volume.copiesAreWhole()) {
      // One that was away lacks what was filled in: with the former volume gone, nobody has it.
      context.later(2 * Timing.ANSWER, this::propose);
      return;
    }
    context.submit(
        new RcdCommand.ConversionDone(volume.number(), volume.record().epoch(), layer),
        (answer, failure) -> {
          if (answer == null) {
            context.later(Timing.ANSWER, this::propose);
          } else {
            // Looked at again from RCD's state, which may come a little later than the answer.
            context.later(
                Timing.RETRY,
                () -> {
                  working = false;
                  look();
                });
          }
        });
  }
}
