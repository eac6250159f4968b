package io.aerie.configdb.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Entries of a log that are no transactions: they move ConfigDB to another log. Answered with
 * {@link Answer.Committed}, for a part with the bytes that the log has of the state; with {@link
 * Answer.Refused} when there is no such move (any more); with {@link Answer.Sealed} after the seal.
 *
 * <pre>
 *  begin   u8 format = 3 | u8 kind = 1 | {@link LogMove}           in the old log; ends a move before it
 *  seal    u8 format = 3 | u8 kind = 2 | i64 id high | i64 id low  in the old log: its last entry that counts
 *  cancel  u8 format = 3 | u8 kind = 3 | i64 id high | i64 id low  in the old log
 *  part    u8 format = 3 | u8 kind = 4 | i32 bytes of the whole state | i32 its CRC-32C
 *            | i32 offset | i32 length | bytes                     in the new log, in order
 * </pre>
 */
public sealed interface MoveEntry {
  /** Of {@link CommandBatch}'s formats the next. */
  int FORMAT = 3;

  /** All shall make the new log ready; changes go on. */
  record Begin(LogMove move) implements MoveEntry {}

  /** From here on the new log counts. */
  record Seal(UUID id) implements MoveEntry {}

  /** It was not to be. */
  record Cancel(UUID id) implements MoveEntry {}

  /** A part of the state that the new log begins with. */
  record Part(int totalBytes, int checksum, int offset, byte[] bytes) implements MoveEntry {
    /** That part of a state; the last one is shorter. */
    public static Part of(byte[] state, int offset, int bytesMax) {
      int end = Math.min(state.length, offset + bytesMax);
      byte[] bytes = java.util.Arrays.copyOfRange(state, offset, end);
      return new Part(state.length, sum(state), offset, bytes);
    }
  }

  /** Of a whole state. */
  static int sum(byte[] state) {
    CRC32C checksum = new CRC32C();
    checksum.update(state, 0, state.length);
    return (int) checksum.getValue();
  }

  /** Whether these bytes are such an entry, rather than transactions. */
  static boolean isOne(byte[] entry) {
    return entry.length > 0 && entry[0] == FORMAT;
  }

  /** Encodes it. */
  default byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      if (this instanceof Begin begin) {
        out.writeByte(1);
        begin.move().write(out);
      } else if (this instanceof Seal seal) {
        writeId(out, 2, seal.id());
      } else if (this instanceof Cancel cancel) {
        writeId(out, 3, cancel.id());
      } else if (this instanceof Part part) {
        out.writeByte(4);
        out.writeInt(part.totalBytes());
        out.writeInt(part.checksum());
        out.writeInt(part.offset());
        out.writeInt(part.bytes().length);
        out.write(part.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeId(DataOutputStream out, int kind, UUID id) throws IOException {
    out.writeByte(kind);
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  /** Decodes one; IOException when it is none that this release knows. */
  static MoveEntry decode(byte[] entry) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry, 1, entry.length - 1));
    int kind = in.readUnsignedByte();
    switch (kind) {
      case 1:
        return new Begin(LogMove.read(in));
      case 2:
        return new Seal(new UUID(in.readLong(), in.readLong()));
      case 3:
        return new Cancel(new UUID(in.readLong(), in.readLong()));
      case 4:
        int total = in.readInt();
        int checksum = in.readInt();
        int offset = in.readInt();
        int length = in.readInt();
        if (offset < 0 || length != in.available() || offset > total - length) {
          throw new IOException("a part of " + length + " bytes at " + offset + " of " + total);
        }
        return new Part(total, checksum, offset, in.readNBytes(length));
      default:
        throw new IOException("unknown kind " + kind + " of a move's entry");
    }
  }
}
