package io.aerie.configdb.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Texts longer than {@link DataOutput#writeUTF} takes: {@code i32 length | UTF-8 bytes}. */
final class Text {
  private Text() {}

  static void write(DataOutput out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** Bytes of a text in UTF-8, without encoding it. */
  static int bytes(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character >= 0x800) {
        // half of a surrogate pair is two of its four bytes
        bytes += Character.isSurrogate(character) ? 1 : 2;
      } else if (character >= 0x80) {
        bytes++;
      }
    }
    return bytes;
  }

  static String read(DataInput in, int bytesMax) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > bytesMax) {
      throw new IOException("impossible length " + length + " of a text");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
