package io.aerie.engine.owner;

import io.aerie.engine.protocol.Message.Status;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;

/** For whom an operation is done. */
interface Requester {
  /** Whether nobody waits for it any more: what isn't numbered yet ends. */
  boolean ended();

  /** Whether the volume's reservations exclude it as they are now; asked when it is numbered. */
  boolean excluded(Access access);

  /** How the operation of that number ended; told once. */
  void finish(long number, Status status, ByteBuffer data);
}
