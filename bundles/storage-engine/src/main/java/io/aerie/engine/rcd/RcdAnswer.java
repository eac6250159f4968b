package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command came to.
 *
 * <pre>
 * u8 version=1 | utf code ("" = done) | utf what | utf why | utf remedy | i64 number | i64 freeBytesAfter |
 * i32 toleratedNodeFailures | i32 count | utf explanation ...
 * </pre>
 *
 * @param error why it was refused; nothing was changed then
 * @param number of what was made or meant: volume, pool, generation of an attachment; 0 if none
 * @param freeBytesAfter raw bytes of the pool that are not promised afterwards
 * @param toleratedNodeFailures how many nodes may fail without loss of the object
 * @param explanation in sentences
 */
public record RcdAnswer(
    Optional<AerieException> error,
    long number,
    long freeBytesAfter,
    int toleratedNodeFailures,
    List<String> explanation) {
  private static final int VERSION = 1;

  public RcdAnswer {
    explanation = List.copyOf(explanation);
  }

  static RcdAnswer done(long number) {
    return new RcdAnswer(Optional.empty(), number, 0, 0, List.of());
  }

  static RcdAnswer refused(AerieException error) {
    return new RcdAnswer(Optional.of(error), 0, 0, 0, List.of());
  }

  /** Returns itself, or throws the refusal. */
  public RcdAnswer orThrow() {
    error.ifPresent(
        e -> {
          throw e;
        });
    return this;
  }

  /** Writes it as drawn above. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(error.map(e -> e.code().code()).orElse(""));
      out.writeUTF(error.map(Throwable::getMessage).orElse(""));
      out.writeUTF(error.map(AerieException::why).orElse(""));
      out.writeUTF(error.map(AerieException::remedy).orElse(""));
      out.writeLong(number);
      out.writeLong(freeBytesAfter);
      out.writeInt(toleratedNodeFailures);
      out.writeInt(explanation.size());
      for (String sentence : explanation) {
        out.writeUTF(sentence);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static RcdAnswer decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException("RCD answer of unknown version " + version);
      }
      String code = in.readUTF();
      String what = in.readUTF();
      String why = in.readUTF();
      String remedy = in.readUTF();
      Optional<AerieException> error =
          code.isEmpty()
              ? Optional.empty()
              : Optional.of(new AerieException(errorCode(code), what, why, remedy));
      long number = in.readLong();
      long free = in.readLong();
      int tolerated = in.readInt();
      List<String> explanation = new ArrayList<>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        explanation.add(in.readUTF());
      }
      return new RcdAnswer(error, number, free, tolerated, explanation);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ErrorCode errorCode(String text) throws IOException {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.code().equals(text)) {
        return code;
      }
    }
    throw new IOException("unknown error code " + text);
  }
}
