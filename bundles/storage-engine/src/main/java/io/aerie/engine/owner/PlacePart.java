package io.aerie.engine.owner;

import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;

/**
 * What a client's request means within its place, a block or a stripe.
 *
 * @param session whose it is; null when it is nobody's
 * @param request as it came
 * @param place in the live layer; of a stripe the key of its blocks
 * @param firstPage of the place's data
 * @param pageCount pages that the request touches
 * @param skip bytes of the first page before the request's
 */
record PlacePart(
    Requester session,
    ClientRequest request,
    BlockKey place,
    int firstPage,
    int pageCount,
    int skip) {
  static PlacePart of(VolumeRecord volume, Requester session, ClientRequest request) {
    long span = volume.redundancy().spanBytes();
    int within = (int) (request.offset() % span);
    int first = within / Geometry.PAGE_BYTES;
    int last = (within + request.length() - 1) / Geometry.PAGE_BYTES;
    return new PlacePart(
        session,
        request,
        new BlockKey(volume.live().number(), (int) (request.offset() / span)),
        first,
        last - first + 1,
        within - first * Geometry.PAGE_BYTES);
  }

  /** Whole pages that an owner writes by itself: no session waits for them. */
  static PlacePart ofPages(BlockKey stripe, int firstPage, ByteBuffer pages) {
    boolean zero = pages.mismatch(ByteBuffer.allocate(pages.remaining())) < 0;
    ClientRequest request =
        new ClientRequest(
            0,
            0,
            0,
            0,
            0,
            zero ? Operation.ZERO : Operation.WRITE,
            (long) firstPage * Geometry.PAGE_BYTES,
            pages.remaining(),
            zero ? ByteBuffer.allocate(0) : pages);
    return new PlacePart(
        null, request, stripe, firstPage, pages.remaining() / Geometry.PAGE_BYTES, 0);
  }

  boolean zeroes() {
    return request.operation() == Operation.ZERO;
  }

  /** Whether nothing of a page's former content stays. */
  boolean coversWhole(int page) {
    int from = (page - firstPage) * Geometry.PAGE_BYTES - skip;
    return from >= 0 && from + Geometry.PAGE_BYTES <= request.length();
  }
}
