package io.aerie.engine.protocol;

import java.nio.ByteBuffer;

/** Messages as bytes; their framing is the transport's. */
public final class MessageCodec {
  private MessageCodec() {}

  /**
   * A message as buffers, to be written one after the other: headers, and payloads as they are
   * without a copy.
   */
  public static ByteBuffer[] encode(Message message) {
    return new MessageWriter().write(message).buffers();
  }

  /**
   * Reads one whole message. Payloads are slices of the buffer given, which must not be reused.
   *
   * @throws MalformedMessageException when it is none of this protocol's version
   */
  public static Message decode(ByteBuffer frame) throws MalformedMessageException {
    return new MessageReader(frame).read();
  }
}
