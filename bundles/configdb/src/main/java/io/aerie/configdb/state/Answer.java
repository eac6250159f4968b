package io.aerie.configdb.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What the state machine says to a command, and to the one query there is (the revision).
 *
 * <pre>
 *  u8 kind: 1 committed       | i64 revision
 *           2 condition failed | utf path | i64 expected revision | i64 actual revision
 *           3 refused          | utf why
 *           5 sealed           | utf provider | utf name
 * </pre>
 */
public sealed interface Answer {
  /** The first byte of a {@link Sealed}, also of the answer to a whole entry. */
  int SEALED = 5;

  /** The transaction is committed, or the query's answer: a revision. */
  record Committed(long revision) implements Answer {}

  /** A condition did not hold; nothing was changed. */
  record ConditionFailed(String path, long expected, long actual) implements Answer {}

  /** The command is of no format that this release knows; nothing was changed. */
  record Refused(String why) implements Answer {}

  /** This log carries ConfigDB no more, or not yet; nothing was changed. */
  record Sealed(LogName by) implements Answer {}

  /** Encodes it. */
  default byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes it as drawn above. */
  default void write(DataOutput out) throws IOException {
    if (this instanceof Committed committed) {
      out.writeByte(1);
      out.writeLong(committed.revision());
    } else if (this instanceof ConditionFailed failed) {
      out.writeByte(2);
      out.writeUTF(failed.path());
      out.writeLong(failed.expected());
      out.writeLong(failed.actual());
    } else if (this instanceof Refused refused) {
      out.writeByte(3);
      out.writeUTF(refused.why());
    } else if (this instanceof Sealed sealed) {
      out.writeByte(SEALED);
      out.writeUTF(sealed.by().provider());
      out.writeUTF(sealed.by().name());
    }
  }

  /** Decodes one; UncheckedIOException when the bytes are none. */
  static Answer decode(byte[] bytes) {
    try {
      return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one as drawn above. */
  static Answer read(DataInput in) throws IOException {
    int kind = in.readUnsignedByte();
    return switch (kind) {
      case 1 -> new Committed(in.readLong());
      case 2 -> new ConditionFailed(in.readUTF(), in.readLong(), in.readLong());
      case 3 -> new Refused(in.readUTF());
      case SEALED -> new Sealed(new LogName(in.readUTF(), in.readUTF()));
      default -> throw new IOException("unknown kind " + kind + " of an answer");
    };
  }
}
