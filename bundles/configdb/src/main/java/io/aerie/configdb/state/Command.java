package io.aerie.configdb.state;

import io.aerie.base.AerieException;
import io.aerie.base.Checks;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A transaction as it lies in the log. All numbers are big-endian; {@code utf} is Java's modified
 * UTF-8 with a 16-bit length, {@code text} plain UTF-8 with a 32-bit length.
 *
 * <pre>
 *  u8 format = 1 | i64 id high | i64 id low
 *  i32 conditions | { utf path | i64 revision } ...
 *  i32 changes    | { u8 kind: 1 put, 2 delete | utf path | put only: utf type, text json } ...
 * </pre>
 *
 * @param id random; a command that is sent again carries the same, and is carried out once
 * @param transaction what to do
 */
public record Command(UUID id, ConfigTransaction transaction) {
  private static final int FORMAT = 1;
  private static final int PUT = 1;
  private static final int DELETE = 2;

  /** The same with one more condition, the first of all, that is not counted. */
  public byte[] encodeWith(Condition guard) {
    byte[] unused = encode();
    List<Condition> all = new ArrayList<>();
    all.add(guard);
    all.addAll(transaction.conditions());
    return new Command(id, new ConfigTransaction(all, transaction.changes())).bytes().toByteArray();
  }

  /** Encodes; TOO_LARGE when the transaction is. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = bytes();
    if (bytes.size() > Limits.TRANSACTION_BYTES_MAX) {
      throw new AerieException(
          ErrorCode.TOO_LARGE,
          "the transaction has " + bytes.size() + " bytes",
          "At most " + Limits.TRANSACTION_BYTES_MAX + " are allowed.",
          "Split it.");
    }
    return bytes.toByteArray();
  }

  private ByteArrayOutputStream bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try {
      write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }

  private void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
    out.writeInt(transaction.conditions().size());
    for (Condition condition : transaction.conditions()) {
      out.writeUTF(condition.path());
      out.writeLong(condition.revision());
    }
    out.writeInt(transaction.changes().size());
    for (Change change : transaction.changes()) {
      if (change instanceof Change.Put put) {
        out.writeByte(PUT);
        out.writeUTF(put.path());
        out.writeUTF(put.type());
        Text.write(out, put.json());
      } else {
        out.writeByte(DELETE);
        out.writeUTF(change.path());
      }
    }
  }

  /** Decodes; IOException when the bytes are no command of a format that this release knows. */
  static Command decode(byte[] bytes) throws IOException {
    ByteArrayInputStream stream = new ByteArrayInputStream(bytes);
    DataInput in = new DataInputStream(stream);
    int format = in.readUnsignedByte();
    if (format != FORMAT) {
      throw new IOException("unknown format " + format + " of a ConfigDB command");
    }
    UUID id = new UUID(in.readLong(), in.readLong());
    int conditionCount = count(in, bytes.length);
    List<Condition> conditions = new ArrayList<>();
    for (int i = 0; i < conditionCount; i++) {
      conditions.add(new Condition(in.readUTF(), in.readLong()));
    }
    int changeCount = count(in, bytes.length);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < changeCount; i++) {
      changes.add(change(in, bytes.length));
    }
    Checks.check(stream.available() == 0, "%d bytes after a command", stream.available());
    return new Command(id, new ConfigTransaction(conditions, changes));
  }

  private static Change change(DataInput in, int bytesMax) throws IOException {
    int kind = in.readUnsignedByte();
    String path = in.readUTF();
    return switch (kind) {
      case PUT -> new Change.Put(path, in.readUTF(), Text.read(in, bytesMax));
      case DELETE -> new Change.Delete(path);
      default -> throw new IOException("unknown kind " + kind + " of a change");
    };
  }

  private static int count(DataInput in, int max) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > max) {
      throw new IOException("impossible count " + count);
    }
    return count;
  }
}
