package io.aerie.engine.store;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One disk of a member. All calls and completions happen on one loop. A failure of the device (an
 * I/O error, a failed flush) fences the store: every later call fails with FENCED, nothing is
 * retried. A page whose checksum is wrong fails that read alone with CORRUPT.
 */
public interface MemberStore {
  DiskIdentity identity();

  /** All streams this disk knows, by key. */
  Collection<StreamState> streams();

  Optional<StreamState> stream(StreamKey key);

  /**
   * Logs the next entry of its stream: same epoch as {@code last}, next sequence; anything else is
   * a programmer's error of the caller, which checks before. Completed when durable. The state that
   * {@link #stream} shows moves at completion, in order. The data is in doubt: no slot is touched
   * until the watermark passes it.
   */
  void append(Entry entry, Completion<Void> done);

  /** Begins an epoch; see {@link Base}. A stream that is not known yet is made. */
  void base(Base base, Completion<Void> done);

  /**
   * Everything up to here is settled: from now on reads show it. Not below the old watermark, not
   * above the last durable entry. Becomes durable with the next commit of the log, on its own at
   * the latest when the caller flushes.
   */
  void advance(StreamKey key, Point watermark);

  /** Completed when all that was called before is durable. */
  void flush(Completion<Void> done);

  /**
   * Reads whole pages of one block at the watermark. Absent and zero units read as zeroes. The
   * result is {@code pageCount x 4096} bytes and belongs to the caller.
   */
  void read(BlockKey block, int firstPage, int pageCount, Completion<ByteBuffer> done);

  /** The block at the watermark without its data; empty when this disk has nothing of it. */
  Optional<BlockVersion> version(BlockKey block);

  /** The block at the watermark with all its data; empty when this disk has nothing of it. */
  void readBlock(BlockKey block, Completion<Optional<BlockImage>> done);

  /**
   * Reads a whole block at the watermark from the disk, past what is kept in memory of its
   * checksums, and says what is wrong with it; empty when this disk has nothing of it.
   *
   * @param withLastUnit whether the report has the content of the last unit
   */
  void verify(BlockKey block, boolean withLastUnit, Completion<Optional<BlockReport>> done);

  /** The blocks of a stream at the watermark, by key. */
  List<BlockVersion> inventory(StreamKey key);

  /** Forgets streams and blocks of a volume, for a recorded deletion only. */
  void deleteVolume(long volume, Completion<Void> done);

  /** Forgets one stream and its blocks: the disk left its group. */
  void deleteStream(StreamKey key, Completion<Void> done);

  Usage usage();

  /**
   * Called now and then by who has a clock. When nothing came since the last call, what lies in the
   * log alone is brought to its place: that frees the memory which holds it, makes the watermarks
   * durable and shortens the next opening. A hint; a failure shows at the next call.
   */
  void rest();

  /** Completes what was begun, flushes, checkpoints and lets go of the device. */
  void close(Completion<Void> done);

  /**
   * Space on the disk.
   *
   * @param capacityBytes bytes that slots can hold
   * @param usedBytes bytes of slots in use
   */
  record Usage(long capacityBytes, long usedBytes) {}
}
