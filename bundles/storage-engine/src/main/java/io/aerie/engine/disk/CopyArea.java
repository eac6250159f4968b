package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Keeps the last two copies of something that isn't the disk's own: ConfigDB, whose bytes mean
 * nothing here. Two halves of the area are written in turn, first the content, flushed, then its
 * header, flushed; the newest whole copy is never the one that is written over, so a torn write
 * loses neither.
 *
 * <pre>
 * half A                         half B, at half of the area: the same
 * 0     header        4 KiB
 * 4 KiB content       up to the end of the half, filled to whole pages with zeroes
 *
 * header
 *   0 magic "AERIECPY"   8 |  8 format version 1  4 | 12 zero      4
 *  16 disk              16 | 32 lineage          16
 *  48 number             8 | 56 lineage's order   8 | 64 revision  8 | 72 written at (ms since 1970) 8
 *  80 content bytes      8 | 88 content's CRC32C  4 | 92 zero ... 4092 CRC32C of all before
 * </pre>
 *
 * All numbers are big-endian. A copy counts when both checksums are right and the disk is this one.
 * Even numbers lie in A, odd ones in B. A header of a format that isn't known is no copy.
 *
 * <p>Used on the engine's loop; one operation at a time. Chunks go to the device one after the
 * other, so that volumes' requests pass in between.
 */
public final class CopyArea {
  static final int HEADER_BYTES = Geometry.PAGE_BYTES;
  private static final long MAGIC = 0x4145524945435059L;
  private static final int FORMAT_VERSION = 1;
  private static final int CRC_INDEX = HEADER_BYTES - 4;

  /** What stands in the way of a volume's request to the same disk. */
  private static final int CHUNK_BYTES = 1024 * 1024;

  private final BlockDevice device;
  private final PageBuffers buffers;
  private final UUID disk;
  private final long offset;
  private final long halfBytes;

  private CopyArea(BlockDevice device, PageBuffers buffers, Superblock superblock) {
    this.device = device;
    this.buffers = buffers;
    this.disk = superblock.identity().disk();
    this.offset = superblock.layout().copyOffset();
    this.halfBytes = superblock.layout().copyBytes() / 2;
  }

  /** The area of a disk that has one. */
  static Optional<CopyArea> of(BlockDevice device, PageBuffers buffers, Superblock superblock) {
    return superblock.layout().copyBytes() == 0
        ? Optional.empty()
        : Optional.of(new CopyArea(device, buffers, superblock));
  }

  /**
   * What a copy is of.
   *
   * @param lineage one life of what is copied: revisions of different ones can't be compared
   * @param order of lineages: a later one has a higher
   * @param revision of the content within its lineage
   * @param writtenAtMs milliseconds since 1970 by the writer's clock
   */
  public record Label(UUID lineage, long order, long revision, long writtenAtMs) {}

  /**
   * A whole copy.
   *
   * @param number raised with each copy of this disk
   * @param bytes of its content
   */
  public record Copy(long number, Label label, int bytes) {}

  private record Header(Copy copy, int contentCrc) {}

  /** The longest content that a copy can have. */
  public long contentBytesMax() {
    return Math.min(halfBytes - HEADER_BYTES, Integer.MAX_VALUE);
  }

  /** The whole copies, the newest first; reads all of them. */
  public void list(Completion<List<Copy>> done) {
    List<Copy> found = new ArrayList<>();
    verify(
        0,
        found,
        (nothing, error) ->
            verify(
                1,
                found,
                (none, failure) -> {
                  found.sort(Comparator.comparingLong(Copy::number).reversed());
                  boolean failed = error != null || failure != null;
                  done.accept(failed ? null : found, error != null ? error : failure);
                }));
  }

  private void verify(int half, List<Copy> found, Completion<Void> done) {
    header(
        half,
        (header, error) -> {
          if (error != null || header.isEmpty()) {
            done.accept(null, error);
            return;
          }
          CRC32C crc = new CRC32C();
          readContent(
              half,
              header.get().copy().bytes(),
              crc::update,
              (nothing, failure) -> {
                if (failure == null && (int) crc.getValue() == header.get().contentCrc()) {
                  found.add(header.get().copy());
                }
                done.accept(null, failure);
              });
        });
  }

  /** A copy's content. NOT_FOUND when it is not there any more, or not whole. */
  public void read(long number, Completion<byte[]> done) {
    int half = half(number);
    header(
        half,
        (header, error) -> {
          if (error != null || header.isEmpty() || header.get().copy().number() != number) {
            done.accept(null, error != null ? error : gone(number));
            return;
          }
          ByteBuffer content = ByteBuffer.allocate(header.get().copy().bytes());
          readContent(
              half,
              content.capacity(),
              content::put,
              (nothing, failure) -> {
                CRC32C crc = new CRC32C();
                crc.update(content.array());
                boolean whole =
                    failure == null && (int) crc.getValue() == header.get().contentCrc();
                Throwable why = failure != null ? failure : gone(number);
                done.accept(whole ? content.array() : null, whole ? null : why);
              });
        });
  }

  private AerieException gone(long number) {
    return new AerieException(
        ErrorCode.NOT_FOUND, "Disk " + disk + " has no copy with the number " + number);
  }

  /**
   * Writes a copy over the older of the two, or over what is none. TOO_LARGE when it doesn't fit.
   */
  public void write(Label label, byte[] content, Completion<Copy> done) {
    if (content.length > contentBytesMax()) {
      done.accept(
          null,
          new AerieException(
              ErrorCode.TOO_LARGE,
              "A copy of " + content.length + " bytes does not fit on disk " + disk,
              "It has room for " + contentBytesMax() + ".",
              "Larger disks have more room for it."));
      return;
    }
    list(
        (present, error) -> {
          if (error != null) {
            done.accept(null, error);
            return;
          }
          long number = present.isEmpty() ? 0 : present.get(0).number() + 1;
          Copy copy = new Copy(number, label, content.length);
          writeContent(
              half(number), content, (nothing, failure) -> seal(copy, content, failure, done));
        });
  }

  private void seal(Copy copy, byte[] content, Throwable error, Completion<Copy> done) {
    if (error != null) {
      done.accept(null, error);
      return;
    }
    ByteBuffer page = buffers.acquire(HEADER_BYTES);
    CRC32C crc = new CRC32C();
    crc.update(content);
    encode(page, new Header(copy, (int) crc.getValue()));
    device.write(
        place(half(copy.number())),
        page,
        (nothing, failure) -> {
          buffers.release(page);
          if (failure != null) {
            done.accept(null, failure);
          } else {
            device.flush((flushed, why) -> done.accept(why == null ? copy : null, why));
          }
        });
  }

  private static int half(long number) {
    return (int) (number % 2);
  }

  private long place(int half) {
    return offset + half * halfBytes;
  }

  private void header(int half, Completion<Optional<Header>> done) {
    ByteBuffer page = buffers.acquire(HEADER_BYTES);
    device.read(
        place(half),
        page,
        (nothing, error) -> {
          Optional<Header> header = Optional.empty();
          if (error == null) {
            header = decode(page.clear().limit(HEADER_BYTES));
          }
          buffers.release(page);
          done.accept(error == null ? header.filter(h -> fits(half, h)) : null, error);
        });
  }

  private boolean fits(int half, Header header) {
    long bytes = header.copy().bytes();
    return half(header.copy().number()) == half && bytes >= 0 && bytes <= contentBytesMax();
  }

  private void encode(ByteBuffer page, Header header) {
    Label label = header.copy().label();
    Superblock.zero(page);
    page.putLong(0, MAGIC).putInt(8, FORMAT_VERSION);
    Superblock.putUuid(page, 16, disk);
    Superblock.putUuid(page, 32, label.lineage());
    page.putLong(48, header.copy().number()).putLong(56, label.order());
    page.putLong(64, label.revision()).putLong(72, label.writtenAtMs());
    page.putLong(80, header.copy().bytes()).putInt(88, header.contentCrc());
    page.putInt(CRC_INDEX, Crc.of(page, 0, CRC_INDEX));
  }

  private Optional<Header> decode(ByteBuffer page) {
    boolean known =
        page.getLong(0) == MAGIC
            && page.getInt(8) == FORMAT_VERSION
            && page.getInt(CRC_INDEX) == Crc.of(page, 0, CRC_INDEX)
            && Superblock.uuid(page, 16).equals(disk);
    if (!known) {
      return Optional.empty();
    }
    Label label =
        new Label(Superblock.uuid(page, 32), page.getLong(56), page.getLong(64), page.getLong(72));
    Copy copy = new Copy(page.getLong(48), label, (int) page.getLong(80));
    return Optional.of(new Header(copy, page.getInt(88)));
  }

  /** Hands out the content chunk by chunk. */
  private void readContent(int half, int bytes, Consumer<ByteBuffer> sink, Completion<Void> done) {
    ByteBuffer chunk = buffers.acquire(CHUNK_BYTES);
    IoTasks reads = new IoTasks(1);
    for (int from = 0; from < bytes; from += CHUNK_BYTES) {
      int at = from;
      int count = Math.min(CHUNK_BYTES, bytes - from);
      reads.add(
          completion -> {
            ByteBuffer target = chunk.clear().limit(pages(count));
            device.read(
                place(half) + HEADER_BYTES + at,
                target,
                (nothing, error) -> {
                  if (error == null) {
                    sink.accept(chunk.clear().limit(count));
                  }
                  completion.accept(null, error);
                });
          });
    }
    reads.run(
        (nothing, error) -> {
          buffers.release(chunk);
          done.accept(null, error);
        });
  }

  /** Writes the content and makes it durable. */
  private void writeContent(int half, byte[] content, Completion<Void> done) {
    ByteBuffer chunk = buffers.acquire(CHUNK_BYTES);
    IoTasks writes = new IoTasks(1);
    for (int from = 0; from < content.length; from += CHUNK_BYTES) {
      int at = from;
      int count = Math.min(CHUNK_BYTES, content.length - from);
      writes.add(
          completion -> {
            chunk.clear().put(content, at, count);
            while (chunk.position() % Geometry.PAGE_BYTES != 0) {
              chunk.put((byte) 0);
            }
            device.write(place(half) + HEADER_BYTES + at, chunk.flip(), completion);
          });
    }
    writes.run(
        (nothing, error) -> {
          buffers.release(chunk);
          if (error != null) {
            done.accept(null, error);
          } else {
            device.flush(done);
          }
        });
  }

  private static int pages(int bytes) {
    return (bytes + Geometry.PAGE_BYTES - 1) / Geometry.PAGE_BYTES * Geometry.PAGE_BYTES;
  }
}
