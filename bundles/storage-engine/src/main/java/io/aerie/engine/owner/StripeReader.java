package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.LayersAnswer;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Reads pages of a stripe as they are seen from one of a volume's layers.
 *
 * <pre>
 *  each data fragment's member is asked, all at once, without a lock: through its own layers
 *    | one can't give it
 *    +-> lock of these rows: brought back from others, each row in the layer that has it
 *  all there -> what none of a clone's own layers has: asked of the owner of its origin's volume
 * </pre>
 *
 * Members look through layers each for itself. That they do it at different moments is of no
 * matter: what moves from layer to layer meanwhile reads the same in both.
 */
final class StripeReader {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final OwnedVolume volume;
  private final GroupStream stream;
  private final StripeMap map;
  private final BlockKey top;
  private final int firstPage;
  private final int pageCount;
  private final PagesOutcome outcome;
  private final LayerChain chain;
  private final Rows[] found;

  /** By fragment: units that none of the volume's own layers has, by bit. */
  private final long[] absent;

  private int open;
  private Status worst = Status.DONE;

  /**
   * @param top the stripe in the layer that it is seen from
   * @param firstPage of the stripe's data
   */
  StripeReader(
      NodeContext context,
      OwnedVolume volume,
      BlockKey top,
      int firstPage,
      int pageCount,
      PagesOutcome outcome) {
    this.context = context;
    this.volume = volume;
    this.top = top;
    this.firstPage = firstPage;
    this.pageCount = pageCount;
    this.outcome = outcome;
    stream = volume.streamOf(top.index());
    map = volume.map();
    chain = LayerChain.of(volume.record(), top.layer(), top.index());
    found = new Rows[map.dataCount()];
    absent = new long[map.dataCount()];
  }

  void start() {
    open = 1;
    for (int i = 0; i < found.length; i++) {
      StripeMap.Span span = map.span(i, firstPage, pageCount);
      if (!span.isEmpty()) {
        open++;
        if (chain.layered()) {
          throughLayers(i, span);
        } else {
          ofOneLayer(i, span);
        }
      }
    }
    closed(Status.DONE);
  }

  private void ofOneLayer(int fragment, StripeMap.Span span) {
    fetch(
        fragment,
        span,
        false,
        (status, rows) -> {
          if (status == Status.DONE) {
            found(fragment, rows, 0);
          } else {
            bringBack(fragment, span);
          }
        });
  }

  private void fetch(int fragment, StripeMap.Span span, boolean locked, RowFetch.Outcome fetched) {
    new RowFetch(context, stream, top, span, 1 << fragment, locked, false, fetched).start();
  }

  private void found(int fragment, Rows rows, long lacking) {
    found[fragment] = rows;
    absent[fragment] = lacking;
    closed(Status.DONE);
  }

  private void throughLayers(int fragment, StripeMap.Span span) {
    if (stream.state() == GroupStream.State.EMPTY) {
      ByteBuffer zeroes = ByteBuffer.allocate(span.rowCount() * Geometry.PAGE_BYTES);
      found(fragment, rows(fragment, span, zeroes), -1);
      return;
    }
    Optional<Replica> member =
        stream.acknowledging().stream()
            .filter(replica -> volume.fragmentOf(replica.target.disk(), top) == fragment)
            .findFirst();
    if (member.isEmpty()) {
      bringBack(fragment, span);
      return;
    }
    Replica replica = member.get();
    context.ask(
        replica.node,
        Timing.ANSWER,
        request ->
            new Message.LayersRequest(
                request,
                replica.target,
                stream.key(),
                stream.watermark(),
                chain.ofFragment(map, fragment),
                top.index(),
                span.firstRow(),
                span.rowCount()),
        (answer, failure) -> {
          if (answer instanceof LayersAnswer read && read.status() == Status.DONE) {
            found(fragment, rows(fragment, span, read.data()), read.absent());
            return;
          }
          if (answer instanceof LayersAnswer read && read.status() == Status.CORRUPT) {
            List<BlockKey> blocks =
                chain.views().stream().map(v -> new BlockKey(v.layer(), top.index())).toList();
            volume.repairs().report(stream, blocks, replica.target.disk());
          }
          bringBack(fragment, span);
        });
  }

  private Rows rows(int fragment, StripeMap.Span span, ByteBuffer pages) {
    Rows rows = new Rows(span.firstRow(), span.rowCount(), map.fragmentCount());
    rows.fragments[fragment] = pages;
    return rows;
  }

  private void bringBack(int fragment, StripeMap.Span span) {
    RangeLocks.Lock[] lock = new RangeLocks.Lock[1];
    lock[0] =
        new RangeLocks.Lock(
            top,
            span.firstRow(),
            span.rowCount(),
            () ->
                underLock(
                    fragment,
                    span,
                    (status, rows, lacking) -> {
                      volume.locks().release(lock[0]);
                      if (status == Status.DONE) {
                        found(fragment, rows, lacking);
                      } else {
                        closed(status);
                      }
                    }));
    volume.locks().acquire(lock[0]);
  }

  private void underLock(int fragment, StripeMap.Span span, LayeredRows.Outcome done) {
    if (!chain.layered()) {
      fetch(fragment, span, true, (status, rows) -> done.done(status, rows, 0));
      return;
    }
    UnitRows.ask(
        context,
        stream,
        chain.views(),
        chain.originEndPage() == 0,
        top.index(),
        (status, units) -> {
          if (status == Status.DONE) {
            new LayeredRows(context, stream, units, top.index(), false, span, 1 << fragment, done)
                .start();
          } else {
            done.done(status, null, 0);
          }
        });
  }

  private void closed(Status status) {
    if (status != Status.DONE) {
      worst = worst == Status.CORRUPT ? worst : status;
    }
    if (--open > 0 || volume.stopped()) {
      return;
    }
    if (worst != Status.DONE) {
      outcome.done(worst, NO_DATA);
      return;
    }
    new OriginPages(
            context,
            volume.record(),
            top.index(),
            chain.originEndPage(),
            page ->
                (absent[map.fragment(page)] & (1L << (map.row(page) / Geometry.PAGES_PER_UNIT)))
                    != 0)
        .layUnder(
            firstPage,
            Rows.pages(map, found, firstPage, pageCount),
            (laid, pages) -> {
              if (!volume.stopped()) {
                outcome.done(laid, pages);
              }
            });
  }
}
