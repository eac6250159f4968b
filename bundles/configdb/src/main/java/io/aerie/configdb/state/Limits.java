package io.aerie.configdb.state;

/** ConfigDB's named bounds. Changing one changes what replicas accept: all nodes must agree. */
public final class Limits {
  /** Characters of a path. */
  public static final int PATH_LENGTH_MAX = 512;

  /** Characters of a document's type. */
  public static final int TYPE_LENGTH_MAX = 64;

  /** Bytes of a document's JSON in UTF-8: an order above the largest document we know of. */
  public static final int DOCUMENT_BYTES_MAX = 256 * 1024;

  /** Bytes of an encoded transaction: half of what a replicated log takes at once. */
  public static final int TRANSACTION_BYTES_MAX = 512 * 1024;

  /**
   * Bytes of all documents: paths, types and JSON. Each replica holds them in memory and writes
   * them whole into snapshots, so this is what a node with a small heap takes without a thought.
   * Judged before a transaction is sent, not by the replicated state: transactions that are under
   * way at once may together pass it.
   */
  public static final long DATABASE_BYTES_MAX = 64L * 1024 * 1024;

  /**
   * Watches on one node. Each change wakes each watch, a few microseconds; so many cost
   * milliseconds. Whoever serves more clients lets them share one.
   */
  public static final int WATCHES_MAX = 1_000;

  /** Events kept for watches: a watcher that is further behind lists anew. */
  public static final int HISTORY_EVENTS_MAX = 10_000;

  /** Characters of JSON kept for watches, so that large documents don't fill the heap. */
  public static final long HISTORY_CHARACTERS_MAX = 16L * 1024 * 1024;

  /**
   * Answers remembered for transactions that are sent again, some 150 bytes of memory each. A
   * transaction is retried for seconds; this many would have to be committed by others in the
   * meantime for it to be done twice: five seconds of what two processors can carry out.
   */
  public static final int RECENT_TRANSACTIONS_MAX = 32_768;

  private Limits() {}
}
