package io.aerie.iscsi.wire;

/** What the other side sent can't be answered within the protocol; see {@link #reason}. */
public final class ProtocolException extends RuntimeException {
  public static final int DATA_DIGEST_ERROR = 0x02;
  public static final int SNACK_REJECT = 0x03;
  public static final int PROTOCOL_ERROR = 0x04;
  public static final int COMMAND_NOT_SUPPORTED = 0x05;
  public static final int TOO_MANY_IMMEDIATE = 0x06;
  public static final int INVALID_FIELD = 0x09;

  private static final long serialVersionUID = 1L;

  private final int reason;
  private final boolean fatal;

  private ProtocolException(int reason, boolean fatal, String text) {
    super(text, null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    this.reason = reason;
    this.fatal = fatal;
  }

  /** Where the next unit begins, or what state both are in, isn't known: the session ends. */
  public static ProtocolException fatal(int reason, String text) {
    return new ProtocolException(reason, /* fatal= */ true, text);
  }

  /** The unit is rejected, the session goes on. */
  public static ProtocolException reject(int reason, String text) {
    return new ProtocolException(reason, /* fatal= */ false, text);
  }

  /** For a Reject, RFC 7143, section 11.17.1. */
  public int reason() {
    return reason;
  }

  public boolean isFatal() {
    return fatal;
  }
}
