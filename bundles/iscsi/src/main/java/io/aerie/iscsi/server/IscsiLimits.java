package io.aerie.iscsi.server;

import java.time.Duration;

/**
 * What initiators may take from this node.
 *
 * @param loginTime from accept to the full feature phase; who is slower is cut off
 * @param connectionCountMax connections at once; further ones are closed at once
 * @param sessionBytesMax data of one session's tasks, bytes, in both directions; one task is always
 *     let in, however large
 * @param serverBytesMax the same of all sessions together; when it is used up, each session still
 *     has one task at a time, so that none waits for another
 * @param drainTime how long a server that stops waits for tasks at work
 */
public record IscsiLimits(
    Duration loginTime,
    int connectionCountMax,
    long sessionBytesMax,
    long serverBytesMax,
    Duration drainTime) {
  /** Commands that an initiator may send before the first is answered. */
  static final int WINDOW_COMMANDS = 256;

  /** Immediate ones besides. */
  static final int IMMEDIATE_COMMANDS_MAX = 64;

  /** The longest data segment that is taken, bytes. */
  static final int SEGMENT_BYTES_MAX = 256 << 10;

  /** The same before and in the login phase, RFC 7143, section 13.12: nobody is known yet. */
  static final int LOGIN_SEGMENT_BYTES_MAX = 8192;

  /** Keys of a login or a text exchange, all parts together, bytes. */
  static final int TEXT_BYTES_MAX = 64 << 10;

  /** Units of login exchange: two stages, CHAP, and each in a few parts. */
  static final int LOGIN_UNITS_MAX = 64;

  static final int MAX_BURST_BYTES = 1 << 20;
  static final int FIRST_BURST_BYTES = 256 << 10;
  static final int OUTSTANDING_R2T_MAX = 8;

  /**
   * Why these: 15 s is ample for a login, within which storage may be waited for 5 s. 1024 are some
   * sessions for each of a large cluster's hosts. 32 MiB keep a fast disk busy at any size that
   * initiators use. 64 MiB are a quarter of the memory that a node has for buffers.
   */
  public static final IscsiLimits DEFAULT =
      new IscsiLimits(Duration.ofSeconds(15), 1024, 32L << 20, 64L << 20, Duration.ofSeconds(2));
}
