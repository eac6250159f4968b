package io.aerie.export.volume;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.block.Extent;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRules;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a volume holds; it outlasts lives of storage. */
public final class VolumeContent {
  private static final int PIECE_BYTES = 1 << 20;
  private static final int UNIT_BYTES = 64 << 10;

  private final String id;
  private final long sizeBytes;
  private final Map<Long, byte[]> pieces = new ConcurrentHashMap<>();
  private volatile ErrorCode badCode = ErrorCode.IO_ERROR;
  private volatile long badOffset = -1;
  private ReservationState reservations = ReservationState.NONE;
  private long abortCount;

  public VolumeContent(String id, long sizeBytes) {
    this.id = id;
    this.sizeBytes = sizeBytes;
  }

  String id() {
    return id;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Operations that touch this offset fail from now on. */
  public void spoil(long offset, ErrorCode code) {
    badCode = code;
    badOffset = offset;
  }

  void check(long offset, long length) {
    if (offset < 0 || length > sizeBytes - offset) {
      throw new AerieException(ErrorCode.INVALID_VALUE, "out of range");
    }
    if (badOffset >= offset && badOffset < offset + length) {
      throw new AerieException(badCode, "bad offset " + badOffset);
    }
  }

  synchronized boolean excludes(Optional<Nexus> nexus, Access access) {
    return reservations.conflicts(nexus.orElse(null), access);
  }

  void check(Optional<Nexus> nexus, Access access) {
    if (excludes(nexus, access)) {
      throw new AerieException(ErrorCode.RESERVED, "reserved for others");
    }
  }

  synchronized ReservationOutcome change(ReservationRequest request) {
    ReservationOutcome outcome = ReservationRules.apply(reservations, request);
    reservations = outcome.state();
    abortCount += outcome.aborted().isEmpty() ? 0 : 1;
    return outcome;
  }

  synchronized void detached(Nexus nexus) {
    reservations = reservations.detached(nexus);
  }

  synchronized ReservationState reservations() {
    return reservations;
  }

  synchronized long abortCount() {
    return abortCount;
  }

  ByteBuffer read(long offset, int length) {
    check(offset, length);
    byte[] data = new byte[length];
    for (int at = 0; at < length; ) {
      int inPiece = (int) ((offset + at) % PIECE_BYTES);
      int part = Math.min(length - at, PIECE_BYTES - inPiece);
      byte[] piece = pieces.get((offset + at) / PIECE_BYTES);
      if (piece != null) {
        System.arraycopy(piece, inPiece, data, at, part);
      }
      at += part;
    }
    return ByteBuffer.wrap(data);
  }

  void write(long offset, ByteBuffer data) {
    check(offset, data.remaining());
    ByteBuffer from = data.duplicate();
    for (long at = offset; from.hasRemaining(); ) {
      int inPiece = (int) (at % PIECE_BYTES);
      int part = Math.min(from.remaining(), PIECE_BYTES - inPiece);
      from.get(pieces.computeIfAbsent(at / PIECE_BYTES, i -> new byte[PIECE_BYTES]), inPiece, part);
      at += part;
    }
  }

  void zero(long offset, long length) {
    check(offset, length);
    for (long at = offset; at < offset + length; ) {
      int inPiece = (int) (at % PIECE_BYTES);
      int part = (int) Math.min(offset + length - at, PIECE_BYTES - inPiece);
      if (part == PIECE_BYTES) {
        pieces.remove(at / PIECE_BYTES);
      } else if (pieces.get(at / PIECE_BYTES) != null) {
        Arrays.fill(pieces.get(at / PIECE_BYTES), inPiece, inPiece + part, (byte) 0);
      }
      at += part;
    }
  }

  /** By what it holds, as far as units of 64 KiB tell. */
  List<Extent> extents(long offset, long length) {
    check(offset, length);
    List<Extent> extents = new ArrayList<>();
    for (long at = offset; at < offset + length; ) {
      long unit = at - at % UNIT_BYTES;
      long next = Math.min(offset + length, unit + UNIT_BYTES);
      int inUnit = (int) Math.min(UNIT_BYTES, sizeBytes - unit);
      boolean zero = isZero(unit, inUnit);
      int last = extents.size() - 1;
      if (last >= 0 && extents.get(last).zero() == zero) {
        long begin = extents.get(last).offset();
        extents.set(last, new Extent(begin, next - begin, zero));
      } else {
        extents.add(new Extent(at, next - at, zero));
      }
      at = next;
    }
    return extents;
  }

  /** Of a unit, which is within one piece; what was never written is not looked at. */
  private boolean isZero(long unit, int length) {
    return pieces.get(unit / PIECE_BYTES) == null
        || read(unit, length).mismatch(ByteBuffer.allocate(length)) < 0;
  }
}
