package io.aerie.engine.owner;

import io.aerie.engine.protocol.Message.Status;
import java.nio.ByteBuffer;

/** For whom an operation is done. */
interface Requester {
  /** Whether nobody waits for it any more: what isn't numbered yet ends. */
  boolean ended();

  /** How the operation of that number ended; told once. */
  void finish(long number, Status status, ByteBuffer data);
}
