package io.aerie.engine.owner;

import io.aerie.engine.code.ErasureCode;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.TreeMap;

/**
 * Reads fragments of a range of rows at the watermark: from their members or, where a member is
 * away, does not answer or has a wrong checksum, by the code from X others, checked against the row
 * checksums. That needs the rows' lock, so that all are of one age (H9); without it only what
 * members have themselves is read.
 *
 * <pre>
 *  choose whom to ask -> ask all at once -> one failed: it is bad, choose again
 *                                        -> a data fragment is not what the row says: it is bad, choose again
 *                                        -> bring back what is missing, and check it -> done
 * </pre>
 */
final class RowFetch {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once.
     *
     * @param status DONE; CORRUPT when what was brought back is not what the row says; REFUSED when
     *     too few members answered
     */
    void done(Status status, Rows rows);
  }

  private final NodeContext context;
  private final GroupStream stream;
  private final StripeMap map;
  private final BlockKey stripe;
  private final Rows rows;
  private final int wanted;
  private final boolean locked;
  private final boolean withSums;
  private final Outcome outcome;
  private final TreeMap<Integer, Replica> members = new TreeMap<>();
  private int distrusted;
  private int bad;
  private int asked;
  private int open;
  private int sumsFrom = -1;
  private Status worst = Status.REFUSED;

  /**
   * Nothing is asked yet.
   *
   * @param wanted bits of the fragments that are wanted
   * @param locked whether the caller holds the rows' lock
   * @param withSums whether the row checksums are wanted, too; only with the lock
   */
  RowFetch(
      NodeContext context,
      GroupStream stream,
      BlockKey stripe,
      StripeMap.Span span,
      int wanted,
      boolean locked,
      boolean withSums,
      Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.stripe = stripe;
    this.wanted = wanted;
    this.locked = locked;
    this.withSums = withSums;
    this.outcome = outcome;
    map = stream.volume().map();
    rows = new Rows(span.firstRow(), span.rowCount(), map.fragmentCount());
  }

  /** These fragments are taken for away, whatever they would answer. */
  RowFetch distrust(int fragments) {
    distrusted = fragments;
    return this;
  }

  void start() {
    if (stream.state() == GroupStream.State.EMPTY) {
      for (int i = 0; i < rows.fragments.length; i++) {
        if ((wanted & 1 << i) != 0) {
          rows.fragments[i] = ByteBuffer.allocate(rows.count * Geometry.PAGE_BYTES);
        }
      }
      rows.sums = RowSums.empty(rows.first, rows.count);
      outcome.done(Status.DONE, rows);
      return;
    }
    int present = 0;
    for (Replica replica : stream.acknowledging()) {
      int fragment = stream.volume().fragmentOf(replica.target.disk(), stripe);
      members.put(fragment, replica);
      present |= 1 << fragment;
    }
    bad = ~present | distrusted;
    choose();
  }

  private void fail(Status status) {
    outcome.done(status, null);
  }

  private int dataMask() {
    return (1 << map.dataCount()) - 1;
  }

  /** Whom to ask: those wanted and, when one of them is bad, as many others as the code needs. */
  private void choose() {
    if (stream.state() != GroupStream.State.SERVING) {
      fail(Status.REFUSED);
      return;
    }
    int missing = wanted & bad;
    asked = wanted & ~bad;
    if (missing != 0 && !locked) {
      fail(worst);
      return;
    }
    for (int i = 0; missing != 0 && i < map.fragmentCount(); i++) {
      if ((bad & 1 << i) == 0 && Integer.bitCount(asked) < map.dataCount()) {
        asked |= 1 << i;
      }
    }
    boolean decoding = missing != 0;
    boolean sums = withSums || decoding;
    int parities = ~bad & ~dataMask() & ((1 << map.fragmentCount()) - 1);
    boolean tooFew = decoding && Integer.bitCount(asked) < map.dataCount();
    boolean parityMissing = (missing & ~dataMask()) != 0;
    if (tooFew || parityMissing || (sums && parities == 0)) {
      fail(worst);
      return;
    }
    int preferred = (parities & asked) != 0 ? parities & asked : parities;
    sumsFrom = sums ? Integer.numberOfTrailingZeros(preferred) : -1;
    askAll();
  }

  private void askAll() {
    open = Integer.bitCount(asked) + (sumsFrom < 0 ? 0 : 1);
    int failedBefore = bad;
    for (int i = 0; i < map.fragmentCount(); i++) {
      int fragment = i;
      if ((asked & 1 << i) != 0) {
        ask(
            fragment,
            rows.first,
            rows.count,
            data -> rows.fragments[fragment] = data,
            failedBefore);
      }
    }
    if (sumsFrom >= 0) {
      int firstPage = StripeMap.sumPage(rows.first);
      int firstRow = RowSums.firstRow(rows.first);
      ask(
          sumsFrom,
          firstPage,
          RowSums.pageCount(rows.first, rows.count),
          data -> rows.sums = new RowSums(firstRow, data),
          failedBefore);
    }
  }

  private interface Taker {
    void take(ByteBuffer data);
  }

  private void ask(int fragment, int firstPage, int pageCount, Taker taker, int failedBefore) {
    Replica replica = members.get(fragment);
    context.ask(
        replica.node,
        Timing.ANSWER,
        request ->
            new Message.ReadRequest(
                request,
                replica.target,
                stream.key(),
                stream.watermark(),
                stripe,
                firstPage,
                pageCount),
        (answer, failure) -> {
          if (answer instanceof ReadAnswer read && read.status() == Status.DONE) {
            taker.take(read.data());
          } else {
            bad |= 1 << fragment;
            if (answer instanceof ReadAnswer read && read.status() == Status.CORRUPT) {
              stream.volume().repairs().report(stream, stripe, replica.target.disk());
              worst = Status.CORRUPT;
            }
          }
          if (--open == 0) {
            if (bad != failedBefore) {
              choose();
            } else {
              check();
            }
          }
        });
  }

  /** A fragment whose page has a right checksum may still not be the page that was written last. */
  private void check() {
    if (sumsFrom >= 0) {
      for (int i = 0; i < map.dataCount(); i++) {
        if ((asked & 1 << i) != 0 && !rows.agree(i)) {
          context.defect(
              stripe + " on disk " + members.get(i).target.disk() + " is not what its row says");
          worst = Status.CORRUPT;
          bad |= 1 << i;
        }
      }
      if ((asked & bad) != 0) {
        choose();
        return;
      }
    }
    if ((wanted & bad) != 0 && !bringBack(wanted & bad)) {
      fail(Status.CORRUPT);
      return;
    }
    outcome.done(Status.DONE, rows);
  }

  private boolean bringBack(int missing) {
    for (int i = 0; i < map.dataCount(); i++) {
      if ((missing & 1 << i) != 0) {
        rows.fragments[i] = ByteBuffer.allocate(rows.count * Geometry.PAGE_BYTES);
      }
    }
    ErasureCode code = context.codes().of(map.scheme());
    code.reconstruct(rows.fragments, asked, missing);
    for (int i = 0; i < map.dataCount(); i++) {
      if ((missing & 1 << i) != 0 && !rows.agree(i)) {
        context.defect("what was brought back of " + stripe + " is not what its row says");
        return false;
      }
    }
    return true;
  }
}
