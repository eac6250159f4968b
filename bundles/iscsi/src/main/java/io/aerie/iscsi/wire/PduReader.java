package io.aerie.iscsi.wire;

import io.netty.buffer.ByteBuf;

/**
 * Takes received bytes apart into units. Data go straight to where the receiver wants them.
 *
 * <pre>
 *   HEADER --48 bytes, additional headers, digest--> DATA --data--> TAIL --padding, digest--> HEADER
 * </pre>
 */
public final class PduReader {
  private static final int ADDITIONAL_BYTES_MAX = 255 * 4;

  private final Receiver receiver;
  private final byte[] head = new byte[Header.BYTES + ADDITIONAL_BYTES_MAX + Digest.BYTES];
  private final byte[] tail = new byte[3 + Digest.BYTES];
  private final Digest digest = new Digest();
  private boolean headerDigest;
  private boolean dataDigest;
  private int headCount;
  private int tailCount;
  private Header header;
  private ByteBuf data;
  private int dataStart;
  private int dataLeft;
  private boolean skipping;

  /** Who gets the units. */
  public interface Receiver {
    /**
     * A header is there; says where its data go.
     *
     * @return a buffer with room for {@link Header#dataBytes}, whose reference the reader takes
     *     over; null to have them skipped
     * @throws ProtocolException when it must not go on
     */
    ByteBuf begin(Header header);

    /**
     * The unit is complete.
     *
     * @param data as {@code begin} gave it, with the reference; null when it has none or skipped
     */
    void complete(Header header, ByteBuf data);
  }

  public PduReader(Receiver receiver) {
    this.receiver = receiver;
  }

  /** From the next unit on. */
  public void digests(boolean ofHeaders, boolean ofData) {
    headerDigest = ofHeaders;
    dataDigest = ofData;
  }

  /**
   * Takes all that is there.
   *
   * @throws ProtocolException when a digest is wrong, or the receiver says so
   */
  public void take(ByteBuf bytes) {
    while (bytes.isReadable()) {
      if (header == null) {
        takeHead(bytes);
      } else if (dataLeft > 0) {
        takeData(bytes);
      } else {
        takeTail(bytes);
      }
    }
  }

  private void takeHead(ByteBuf bytes) {
    int wanted = Header.BYTES;
    if (headCount >= Header.BYTES) {
      wanted += (head[4] & 0xff) * 4 + (headerDigest ? Digest.BYTES : 0);
    }
    int part = Math.min(wanted - headCount, bytes.readableBytes());
    bytes.readBytes(head, headCount, part);
    headCount += part;
    if (headCount < Header.BYTES) {
      return;
    }
    wanted = Header.BYTES + (head[4] & 0xff) * 4 + (headerDigest ? Digest.BYTES : 0);
    if (headCount == wanted) {
      headComplete();
    }
  }

  private void headComplete() {
    byte[] copy = new byte[Header.BYTES];
    System.arraycopy(head, 0, copy, 0, Header.BYTES);
    Header complete = Header.of(copy);
    if (headerDigest) {
      int covered = headCount - Digest.BYTES;
      if (digest.reset().add(head, covered).value() != littleEndian(head, covered)) {
        throw ProtocolException.fatal(ProtocolException.PROTOCOL_ERROR, "wrong header digest");
      }
    }
    headCount = 0;
    data = complete.dataBytes() == 0 ? null : receiver.begin(complete);
    skipping = data == null;
    dataStart = data == null ? 0 : data.writerIndex();
    dataLeft = complete.dataBytes();
    tailCount = 0;
    header = complete;
    if (dataLeft == 0) {
      finish();
    }
  }

  private void takeData(ByteBuf bytes) {
    int part = Math.min(dataLeft, bytes.readableBytes());
    if (skipping) {
      bytes.skipBytes(part);
    } else {
      bytes.readBytes(data, part);
    }
    dataLeft -= part;
    if (dataLeft == 0 && tailBytes() == 0) {
      finish();
    }
  }

  private int paddingBytes() {
    return -header.dataBytes() & 3;
  }

  private int tailBytes() {
    return paddingBytes() + (dataDigest ? Digest.BYTES : 0);
  }

  private void takeTail(ByteBuf bytes) {
    int part = Math.min(tailBytes() - tailCount, bytes.readableBytes());
    bytes.readBytes(tail, tailCount, part);
    tailCount += part;
    if (tailCount < tailBytes()) {
      return;
    }
    if (dataDigest && !skipping) {
      int padding = paddingBytes();
      digest.reset().add(data, dataStart, header.dataBytes()).add(tail, padding);
      if (digest.value() != littleEndian(tail, padding)) {
        throw ProtocolException.fatal(ProtocolException.DATA_DIGEST_ERROR, "wrong data digest");
      }
    }
    finish();
  }

  private void finish() {
    Header complete = header;
    ByteBuf received = data;
    header = null;
    data = null;
    receiver.complete(complete, received);
  }

  private static int littleEndian(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff)
        | (bytes[offset + 1] & 0xff) << 8
        | (bytes[offset + 2] & 0xff) << 16
        | (bytes[offset + 3] & 0xff) << 24;
  }

  /** The header of the unit that is being received; null between units. */
  public Header header() {
    return header;
  }

  /** Lets go of a unit that will never be complete. */
  public void end() {
    if (data != null) {
      data.release();
      data = null;
    }
    header = null;
  }
}
