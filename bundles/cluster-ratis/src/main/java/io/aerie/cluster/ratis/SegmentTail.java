package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a torn end of the segment that was being written from damage. Ratis 3.3.0 refuses both: it
 * fills segments with zeros in advance, so that a record of which a crash left only a part looks
 * like any other with a wrong checksum. A record after all that this replica is known to have
 * applied is cut off; anything else stays as it is, and an error.
 *
 * <pre>
 * log_inprogress_FIRST   "RaftLog1" | records | zeros
 * record                 varint length | that many bytes | u32 CRC-32C of both
 * </pre>
 */
final class SegmentTail {
  private static final Logger log = LoggerFactory.getLogger(SegmentTail.class);
  private static final String OPEN_SEGMENT = "log_inprogress_";
  private static final int HEADER_BYTES = 8;
  private static final int VARINT_BYTES_MAX = 5;

  private final Path file;
  private final ByteBuffer bytes;

  private SegmentTail(Path file) throws IOException {
    this.file = file;
    this.bytes = ByteBuffer.wrap(Files.readAllBytes(file));
  }

  /**
   * Cuts off a torn record.
   *
   * @param current Raft's folder
   * @param boundIndex the last entry that this replica is known to have applied
   * @param remedy what to do about damage
   * @throws AerieException CORRUPT when the segment ends before that
   */
  static void repair(Path current, long boundIndex, String remedy) throws IOException {
    Optional<Path> open = openSegment(current);
    if (open.isPresent()) {
      new SegmentTail(open.get()).repair(boundIndex, remedy);
    }
  }

  private static Optional<Path> openSegment(Path current) throws IOException {
    if (!Files.exists(current)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(current)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(OPEN_SEGMENT))
          .findFirst();
    }
  }

  private void repair(long boundIndex, String remedy) throws IOException {
    String name = file.getFileName().toString();
    long lastIndex = Long.parseLong(name.substring(OPEN_SEGMENT.length())) - 1;
    bytes.position(Math.min(HEADER_BYTES, bytes.limit()));
    while (skipRecord()) {
      lastIndex++;
    }
    int end = bytes.position();
    if (isZero(end)) {
      return;
    }
    if (lastIndex < boundIndex) {
      throw corrupt(file, lastIndex, boundIndex, remedy);
    }
    log.warn("{} ends with a torn record after entry {}: it is cut off", file, lastIndex);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(end);
      channel.force(true);
    }
  }

  /** Steps over a whole record; stays before one that isn't. */
  private boolean skipRecord() {
    int start = bytes.position();
    int position = start;
    int length = 0;
    for (int i = 0; ; i++) {
      if (i == VARINT_BYTES_MAX || position >= bytes.limit()) {
        return false;
      }
      byte part = bytes.get(position++);
      length |= (part & 0x7f) << (7 * i);
      if (part >= 0) {
        break;
      }
    }
    if (length <= 0 || length > bytes.limit() - position - Integer.BYTES) {
      return false;
    }
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.array(), start, position - start + length);
    if (bytes.getInt(position + length) != (int) checksum.getValue()) {
      return false;
    }
    bytes.position(position + length + Integer.BYTES);
    return true;
  }

  private boolean isZero(int from) {
    for (int i = from; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  static AerieException corrupt(Path where, long lastIndex, long boundIndex, String remedy) {
    return new AerieException(
        ErrorCode.CORRUPT,
        where + " was damaged or cut short",
        "It ends at entry " + lastIndex + ", but entry " + boundIndex + " was in it.",
        remedy);
  }
}
