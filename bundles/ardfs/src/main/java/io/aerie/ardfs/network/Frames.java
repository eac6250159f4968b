package io.aerie.ardfs.network;

/**
 * Frames on a connection, all numbers big-endian. The first frame of a connection is a {@link
 * Hello}, all others carry one encoded message of the storage protocol.
 *
 * <pre>
 *   0        4                4 + length
 *   +--------+----------------+
 *   | length | body           |
 *   +--------+----------------+
 * </pre>
 */
final class Frames {
  static final int LENGTH_BYTES = 4;

  /** A copied block of 4 MiB and room for its header; nothing larger is ever sent. */
  static final int BODY_BYTES_MAX = 5 * 1024 * 1024;

  private Frames() {}
}
