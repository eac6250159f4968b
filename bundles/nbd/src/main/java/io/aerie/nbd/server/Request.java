package io.aerie.nbd.server;

import io.netty.buffer.ByteBuf;

/**
 * A request's header (section "Request message").
 *
 * <pre>
 * u32 magic 0x25609513 | u16 flags | u16 type | u64 cookie | u64 offset | u32 length | data of WRITE
 * </pre>
 *
 * @param length unsigned on the wire, hence a long
 */
record Request(int flags, int type, long cookie, long offset, long length) {
  static final int BYTES = 28;

  /** Reads the fields after the magic. */
  static Request read(ByteBuf from) {
    return new Request(
        from.readUnsignedShort(),
        from.readUnsignedShort(),
        from.readLong(),
        from.readLong(),
        from.readUnsignedInt());
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Payload that it occupies while at work, bytes: what a read returns or a write brings. */
  long payloadBytes() {
    return type == Nbd.CMD_READ || type == Nbd.CMD_WRITE ? length : 0;
  }

  /**
   * The error with which the protocol wants it refused, or 0.
   *
   * @param sizeBytes of the export
   * @param structured whether structured replies were negotiated
   * @param context whether a metadata context was selected
   */
  int refusal(long sizeBytes, boolean structured, boolean context) {
    int allowed =
        Nbd.CMD_FLAG_FUA
            | switch (type) {
              case Nbd.CMD_READ -> structured ? Nbd.CMD_FLAG_DF : 0;
              case Nbd.CMD_WRITE_ZEROES -> Nbd.CMD_FLAG_NO_HOLE | Nbd.CMD_FLAG_FAST_ZERO;
              case Nbd.CMD_BLOCK_STATUS -> Nbd.CMD_FLAG_REQ_ONE;
              default -> 0;
            };
    if ((flags & ~allowed) != 0) {
      return Nbd.EINVAL;
    }
    boolean outside = offset < 0 || offset > sizeBytes || length > sizeBytes - offset;
    return switch (type) {
      case Nbd.CMD_READ -> outside || tooLarge() ? Nbd.EINVAL : 0;
      case Nbd.CMD_WRITE -> tooLarge() ? Nbd.EINVAL : outside ? Nbd.ENOSPC : 0;
      case Nbd.CMD_WRITE_ZEROES -> outside ? Nbd.ENOSPC : 0;
      case Nbd.CMD_TRIM -> outside ? Nbd.EINVAL : 0;
      case Nbd.CMD_BLOCK_STATUS -> outside || length == 0 || !context ? Nbd.EINVAL : 0;
      case Nbd.CMD_FLUSH -> offset != 0 || length != 0 ? Nbd.EINVAL : 0;
      default -> Nbd.EINVAL;
    };
  }

  private boolean tooLarge() {
    return length > NbdLimits.PAYLOAD_BYTES_MAX;
  }
}
