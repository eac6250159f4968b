package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import java.nio.ByteBuffer;

/**
 * What a client expects of a range that it wants to write. It is looked at under the lock of the
 * range's pages, which is held until the write is settled: nothing comes in between, by whichever
 * node. What was found under one epoch says nothing under another.
 */
final class Expectation {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final ByteBuffer expected;
  private long metEpoch = -1;

  private Expectation(ByteBuffer expected) {
    this.expected = expected;
  }

  /** Of a request; null when it expects nothing. */
  static Expectation of(ClientRequest request) {
    return request.operation() == Operation.COMPARE_AND_WRITE
        ? new Expectation(request.data().slice(0, request.length()))
        : null;
  }

  /** What such a request wants to have written; any other request as it is. */
  static ClientRequest write(ClientRequest request) {
    if (request.operation() != Operation.COMPARE_AND_WRITE) {
      return request;
    }
    return new ClientRequest(
        request.volume(),
        request.epoch(),
        request.generation(),
        request.number(),
        request.lowest(),
        Operation.WRITE,
        request.offset(),
        request.length(),
        request.data().slice(request.length(), request.length()));
  }

  /** Whether it was found so under this epoch. */
  boolean isMet(long epoch) {
    return metEpoch == epoch;
  }

  /** The lock was let go: it may have changed. */
  void forget() {
    metEpoch = -1;
  }

  /**
   * Compares.
   *
   * @param at where the range begins in what is there
   * @param epoch under which that was read
   * @return null when it is as expected, else the offset of the first difference, for the client
   */
  ByteBuffer difference(ByteBuffer present, int at, long epoch) {
    ByteBuffer range = present.slice(present.position() + at, expected.remaining());
    int difference = range.mismatch(expected);
    if (difference < 0) {
      metEpoch = epoch;
      return null;
    }
    return ByteBuffer.allocate(Integer.BYTES).putInt(0, difference);
  }

  /**
   * Tells the client of a difference. Nothing is written, so no member looks whether this node is
   * still the owner: the answer needs the lease as a read's does (rule 2, H14).
   */
  void refuse(
      NodeContext context,
      Requester session,
      long number,
      ByteBuffer difference,
      boolean sameEpoch) {
    if (sameEpoch && context.leaseValid()) {
      session.finish(number, Status.MISCOMPARE, difference);
    } else {
      session.finish(number, Status.REFUSED, NO_DATA);
    }
  }
}
