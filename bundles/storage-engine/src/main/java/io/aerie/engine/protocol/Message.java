package io.aerie.engine.protocol;

import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What nodes tell each other. Buffers are read-only for everyone; their position is 0 and they are
 * never moved. Questions carry a request number that is unique within the asker's incarnation; the
 * answer repeats it.
 */
public sealed interface Message {
  /** At most so many bytes of payload in an append or a client's request. */
  int PAYLOAD_BYTES_MAX = 1 << 20;

  /** What was asked for under a request number. */
  sealed interface Answer extends Message {
    long request();
  }

  /** A member's disk as the owner knows it from RCD: an older opening refuses. */
  record Target(UUID disk, long generation) {}

  /** How a request ended. The order is on the wire. */
  enum Status {
    DONE,
    /**
     * The sender's epoch, generation or incarnation is not, or not yet, what the receiver knows.
     */
    REFUSED,
    /** A checksum did not match. */
    CORRUPT,
    /** The disk failed. */
    FAILED,
    /** No room on the disk. */
    NO_SPACE,
    /** The range is outside of the volume, or the operation makes no sense. */
    INVALID,
    /** An entry before the one sent is missing. */
    GAP,
    /** What was to be replaced is not there: nothing was written. */
    MISCOMPARE,
    /** The volume's limits hold the request back: it is known, and will be answered. */
    HELD,
    /** The volume is reserved, and not for who asked. */
    CONFLICT
  }

  /** "I live": from every node to every voter. The answer repeats what was sent. */
  record Beat(long incarnation, long sentNanos) implements Message {}

  /** The voter has not applied a suspicion of that incarnation. */
  record BeatAnswer(long incarnation, long sentNanos) implements Message {}

  /**
   * Owner to member: the next entries of a stream, and what is settled. No entries: the watermark
   * alone.
   *
   * @param epoch of the volume, the one of all entries
   */
  record Append(Target target, StreamKey stream, long epoch, long watermark, List<Entry> entries)
      implements Message {}

  /**
   * Member to owner: what it holds durably under that epoch.
   *
   * @param held the last durable sequence of the epoch
   * @param next the sequence that the member expects next; beyond held + 1 when more is on its way
   */
  record AppendAnswer(
      Target target, StreamKey stream, long epoch, Status status, long held, long next)
      implements Message {}

  /**
   * New owner to a node: refuse lower epochs of this volume from now on, and tell what you hold.
   */
  record Seal(long request, long volume, long epoch, List<Target> targets) implements Message {}

  /** Streams of the volume on one of the node's disks. */
  record SealedDisk(Target target, Status status, List<StreamState> streams) {}

  /** Answer to a seal. */
  record SealAnswer(long request, long volume, long epoch, List<SealedDisk> disks)
      implements Answer {}

  /**
   * Owner to member: begins an epoch of a stream.
   *
   * @param groupEpoch of the group, as the owner knows it: the disk is in it
   */
  record BaseRequest(long request, Target target, long groupEpoch, Base base) implements Message {}

  /** The base is durable. The inventory is told when returning, as of the base. */
  record BaseAnswer(long request, Status status, List<BlockVersion> inventory) implements Answer {}

  /** Owner to member: pages of a block at the watermark. */
  record ReadRequest(
      long request,
      Target target,
      StreamKey stream,
      Point watermark,
      BlockKey block,
      int firstPage,
      int pageCount)
      implements Message {}

  /** The pages. */
  record ReadAnswer(long request, Status status, ByteBuffer data) implements Answer {}

  /**
   * A layer in a chain.
   *
   * @param endPage the block's pages from this one on are not seen in it, nor below it
   */
  record LayerView(long layer, int endPage) {}

  /**
   * Owner to member: pages of a block at the watermark, each from the first layer that has its
   * unit.
   *
   * @param layers of one stream, from the top down
   */
  record LayersRequest(
      long request,
      Target target,
      StreamKey stream,
      Point watermark,
      List<LayerView> layers,
      int index,
      int firstPage,
      int pageCount)
      implements Message {}

  /**
   * The pages.
   *
   * @param below units of the range, by bit, that the top layer does not have
   * @param absent those that none of the layers has; they read as zero here
   */
  record LayersAnswer(long request, Status status, long below, long absent, ByteBuffer data)
      implements Answer {}

  /**
   * Owner to member: which units of a block's place layers have at the watermark.
   *
   * @param layers of one stream
   */
  record UnitsRequest(
      long request, Target target, StreamKey stream, Point watermark, List<Long> layers, int index)
      implements Message {}

  /**
   * What a layer has of a block's place; nothing where it has no block.
   *
   * @param held units that are not absent, by bit
   * @param present those of them that have data
   */
  record LayerUnits(long held, long present) {
    public static final LayerUnits NOTHING = new LayerUnits(0, 0);
  }

  /** The units, layer by layer as asked. */
  record UnitsAnswer(long request, Status status, List<LayerUnits> layers) implements Answer {}

  /**
   * To the owner of a volume: what the units of a snapshot read as, without their data.
   *
   * @param snapshot number of the snapshot
   * @param since number of the snapshot that it is compared with; 0: with none
   * @param index of the first place, a block or a stripe
   * @param count of places
   */
  record ExtentsRequest(long request, long volume, long snapshot, long since, int index, int count)
      implements Message {
    /** So that the answer is far below a message\'s payload. */
    public static final int COUNT_MAX = 64;
  }

  /**
   * The units.
   *
   * @param units place after place, of each unit the number of its {@code UnitContent}
   */
  record ExtentsAnswer(long request, Status status, ByteBuffer units) implements Answer {}

  /**
   * A clone's owner to the owner of the volume that it was made of: pages of a snapshot. They are
   * named by bytes, as the two volumes may have different protections.
   *
   * @param offset of the first byte in the volume; a multiple of a page
   * @param length in bytes, whole pages, at most {@link #LENGTH_MAX}
   */
  record OriginRequest(long request, long volume, long snapshot, long offset, int length)
      implements Message {
    /** Four rows of units of the widest stripe: what is copied up at a time. */
    public static final int LENGTH_MAX = 2 << 20;
  }

  /** The pages. */
  record OriginAnswer(long request, Status status, ByteBuffer data) implements Answer {}

  /** Owner to member: a whole block at the watermark, for copying. */
  record BlockRequest(
      long request, Target target, StreamKey stream, Point watermark, BlockKey block)
      implements Message {}

  /** The block, empty when there is none. */
  record BlockAnswer(long request, Status status, Optional<BlockImage> image) implements Answer {}

  /** Owner to member: what blocks are there at the watermark. */
  record InventoryRequest(long request, Target target, StreamKey stream, Point watermark)
      implements Message {}

  /** The blocks. */
  record InventoryAnswer(long request, Status status, List<BlockVersion> blocks)
      implements Answer {}

  /**
   * Owner to member: read a whole block at the watermark, verify it, and say what is wrong.
   *
   * @param withLastUnit whether the content of the block's last unit is wanted, too
   */
  record VerifyRequest(
      long request,
      Target target,
      StreamKey stream,
      Point watermark,
      BlockKey block,
      boolean withLastUnit)
      implements Message {}

  /** What was found; empty when there is no such block. REFUSED also while another is verified. */
  record VerifyAnswer(long request, Status status, Optional<BlockReport> report)
      implements Answer {}

  /**
   * Client to owner: is it so that from now on nothing is numbered that the reservations as of an
   * RCD index exclude?
   *
   * @param index of RCD; 0 asks only for the owner's own
   * @param settled whether also nothing may be left to settle of attachments that ended
   */
  record ReservationQuestion(long request, long volume, long index, boolean settled)
      implements Message {}

  /**
   * DONE: it is; else not yet, or not here.
   *
   * @param index of RCD that the owner has applied
   */
  record ReservationAnswer(long request, Status status, long index) implements Answer {}

  /** What a client wants. The order is on the wire. */
  enum Operation {
    READ,
    WRITE,
    ZERO,
    /** Writes if the range is as expected; within one page. */
    COMPARE_AND_WRITE,
    /** What the units of the range read as, without their data: the numbers of UnitContent. */
    EXTENTS;

    /** Whether it changes nothing. */
    public boolean reads() {
      return this == READ || this == EXTENTS;
    }
  }

  /**
   * Client to owner: a part of an operation, within one block.
   *
   * @param epoch of the ownership that the client knows; another owner than that one refuses
   * @param generation of the attachment
   * @param number of the part, dense in the attachment
   * @param lowest all parts below are answered; an owner refuses them when they turn up late
   * @param offset in the volume, bytes
   * @param length bytes
   * @param data to write, else empty; to compare and write: what is expected, then what to write
   */
  record ClientRequest(
      long volume,
      long epoch,
      long generation,
      long number,
      long lowest,
      Operation operation,
      long offset,
      int length,
      ByteBuffer data)
      implements Message {}

  /**
   * Owner to client. REFUSED: try again, through the owner that RCD names. HELD: another answer
   * follows; told when the request begins to wait, and when it comes again meanwhile.
   *
   * @param data what was read; of a MISCOMPARE the offset of the first difference within the range,
   *     4 bytes
   */
  record ClientAnswer(
      long volume, long epoch, long generation, long number, Status status, ByteBuffer data)
      implements Message {}
}
