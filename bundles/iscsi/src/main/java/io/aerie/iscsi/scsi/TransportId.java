package io.aerie.iscsi.scsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The name of an initiator's port in parameter lists, SPC-4, section 7.6.4.6, the format with a
 * session's qualifier: {@code iqn.…,i,0x} and its twelve digits.
 *
 * <pre>
 * u8 0x45: format 1, protocol iSCSI | u8 0 | u16 length of what follows | name, 0, padded to 4 bytes, 20 at least
 * </pre>
 */
final class TransportId {
  private static final int FORMAT = 0x45;
  private static final int HEADER_BYTES = 4;
  private static final int NAME_BYTES_MIN = 20;
  private static final String SEPARATOR = ",i,0x";

  private TransportId() {}

  static byte[] write(String initiator) {
    byte[] name = initiator.getBytes(StandardCharsets.UTF_8);
    int length = Math.max(NAME_BYTES_MIN, (name.length + 4) / 4 * 4);
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + length);
    bytes.put((byte) FORMAT).put((byte) 0).putShort((short) length).put(name);
    return bytes.array();
  }

  /** The name; anything else is an invalid parameter. */
  static String read(ByteBuffer bytes) {
    if (bytes.remaining() < HEADER_BYTES + NAME_BYTES_MIN
        || (bytes.get(0) & 0xff) != FORMAT
        || (bytes.getShort(2) & 0xffff) != bytes.remaining() - HEADER_BYTES) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    byte[] text = new byte[bytes.remaining() - HEADER_BYTES];
    bytes.get(HEADER_BYTES, text);
    String padded = new String(text, StandardCharsets.UTF_8);
    int end = padded.indexOf(0);
    String name = end < 0 ? padded : padded.substring(0, end);
    int at = name.lastIndexOf(SEPARATOR);
    if (end < 0 || at <= 0 || !name.substring(at + SEPARATOR.length()).matches("[0-9a-fA-F]{12}")) {
      throw new CheckCondition(Sense.INVALID_FIELD_IN_PARAMETERS);
    }
    return name.substring(0, at) + name.substring(at).toLowerCase(Locale.ROOT);
  }
}
