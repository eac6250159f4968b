package io.aerie.engine.client;

import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.Operation;
import java.nio.ByteBuffer;

/** A piece of an operation within one block: what one request asks for. */
final class ClientPart {
  final ClientOperation operation;
  final long number;
  final Operation kind;
  final long offset;
  final int length;
  final ByteBuffer data;
  long sentNanos;

  /** The owner's epoch under which it was sent last; negative: not yet. */
  long sentEpoch = -1;

  /** It was refused and is about to be sent again: further refusals say nothing new. */
  boolean retrying;

  /** The owner to whom it was sent last said that the volume's limits hold it back. */
  boolean held;

  ClientPart(
      ClientOperation operation,
      long number,
      Operation kind,
      long offset,
      int length,
      ByteBuffer data) {
    this.operation = operation;
    this.number = number;
    this.kind = kind;
    this.offset = offset;
    this.length = length;
    this.data = data;
  }

  /** How long its owner may say nothing before it is sent again. */
  long resendNanos() {
    return held ? Timing.CLIENT_RESEND_HELD : Timing.CLIENT_RESEND;
  }

  /** What it takes of this node's memory until it is answered, data and answer. */
  long memoryBytes() {
    return kind == Operation.READ ? length : data.remaining();
  }
}
