package io.aerie.iscsi.wire;

import java.nio.ByteBuffer;

/** A basic header segment, 48 bytes. Offsets are those of RFC 7143's drawings. */
public final class Header {
  public static final int BYTES = 48;

  private final byte[] array;
  private final ByteBuffer bytes;

  private Header(byte[] array) {
    this.array = array;
    this.bytes = ByteBuffer.wrap(array);
  }

  /** As it came. */
  public static Header of(byte[] bytes) {
    return new Header(bytes);
  }

  /** A new one, all else zero. */
  public static Header of(int opcode, int flags) {
    return new Header(new byte[BYTES]).u8(0, opcode).u8(1, flags);
  }

  public int opcode() {
    return bytes.get(0) & 0x3f;
  }

  public boolean immediate() {
    return (bytes.get(0) & 0x40) != 0;
  }

  public int flags() {
    return bytes.get(1) & 0xff;
  }

  public boolean has(int flag) {
    return (bytes.get(1) & flag) != 0;
  }

  /** Length of additional header segments, bytes. */
  public int additionalBytes() {
    return (bytes.get(4) & 0xff) * 4;
  }

  /** Length of the data segment, bytes, without padding. */
  public int dataBytes() {
    return bytes.getInt(4) & 0xff_ffff;
  }

  public long lun() {
    return bytes.getLong(8);
  }

  /** Initiator task tag. */
  public int taskTag() {
    return bytes.getInt(16);
  }

  public int u8(int offset) {
    return bytes.get(offset) & 0xff;
  }

  public int u16(int offset) {
    return bytes.getShort(offset) & 0xffff;
  }

  public int u32(int offset) {
    return bytes.getInt(offset);
  }

  public long u64(int offset) {
    return bytes.getLong(offset);
  }

  /** Sets a field. */
  public Header u8(int offset, int value) {
    bytes.put(offset, (byte) value);
    return this;
  }

  /** Sets a field. */
  public Header u16(int offset, int value) {
    bytes.putShort(offset, (short) value);
    return this;
  }

  /** Sets a field. */
  public Header u32(int offset, int value) {
    bytes.putInt(offset, value);
    return this;
  }

  /** Sets a field. */
  public Header u64(int offset, long value) {
    bytes.putLong(offset, value);
    return this;
  }

  /** Sets the length of the data segment, which shares its word with the additional headers'. */
  Header dataLength(int length) {
    bytes.putInt(4, (bytes.getInt(4) & 0xff00_0000) | length);
    return this;
  }

  /** The command in a SCSI Command, 16 bytes. */
  public byte[] command() {
    byte[] command = new byte[16];
    bytes.get(32, command);
    return command;
  }

  /** All of it. */
  public byte[] array() {
    return array;
  }
}
