package io.aerie.nbd.server;

import java.time.Duration;

/**
 * What clients may take from this node.
 *
 * @param handshakeTime from accept to the transmission phase; who is slower is cut off
 * @param connectionCountMax connections at once; further ones are closed at once
 * @param requestCountMax requests of one connection at work or waiting to be sent
 * @param connectionBytesMax payload of those, bytes, reads as well as writes; one request is always
 *     let in, however large
 * @param serverBytesMax the same of all connections together; when it is used up, each connection
 *     still has one request at a time, so that none waits for another
 * @param drainTime how long a server that stops waits for requests at work
 */
public record NbdLimits(
    Duration handshakeTime,
    int connectionCountMax,
    int requestCountMax,
    long connectionBytesMax,
    long serverBytesMax,
    Duration drainTime) {
  /** Smallest request: any byte range will do. */
  static final int BLOCK_BYTES_MIN = 1;

  /** What storage likes best: its page. */
  static final int BLOCK_BYTES_PREFERRED = 4096;

  /** Largest payload of a request, the most that a BlockVolume reads at once. */
  static final int PAYLOAD_BYTES_MAX = 32 << 20;

  /** Largest option, bytes: SET_META_CONTEXT with a name and a few queries of full length. */
  static final int OPTION_BYTES_MAX = 64 << 10;

  /**
   * A structured read is answered in chunks of this size, bytes: the first go out while the last
   * are still being read, and an error in one costs that one only.
   */
  static final int READ_CHUNK_BYTES = 1 << 20;

  /**
   * Why these: 10 s is ample for a handshake that may wait 5 s for storage. 1024 connections are
   * some per VM of a full node. 128 requests and 32 MiB keep a fast disk busy at any request size
   * that clients use (qemu and the kernel send up to 2 and 32 MiB). 64 MiB are a quarter of the
   * memory that a node has for buffers.
   */
  public static final NbdLimits DEFAULT =
      new NbdLimits(Duration.ofSeconds(10), 1024, 128, 32L << 20, 64L << 20, Duration.ofSeconds(2));
}
