package io.aerie.iscsi.server;

import io.aerie.iscsi.wire.Header;
import io.aerie.iscsi.wire.Opcodes;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * An initiator that sends what a test wants, right or wrong. It computes digests by itself; a wait
 * that lasts 20 s fails.
 */
final class IscsiTestClient implements AutoCloseable {
  static final String INITIATOR = "iqn.2026-01.io.aerie:tester";
  private static final int PATIENCE_MS = 20_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;
  private boolean headerDigest;
  private int qualifier = 0x0002_3d00;
  private boolean dataDigest;
  int number = 1;
  int handle;
  int status;

  /** Bytes that differ from length to length and are the same each time. */
  static byte[] random(int length) {
    byte[] data = new byte[length];
    new Random(length).nextBytes(data);
    return data;
  }

  /** A unit as received. */
  static final class Pdu {
    private final Header header;
    private final byte[] data;

    Pdu(Header header, byte[] data) {
      this.header = header;
      this.data = data;
    }

    Header header() {
      return header;
    }

    byte[] data() {
      return data;
    }

    int opcode() {
      return header.opcode();
    }

    Map<String, String> keys() {
      Map<String, String> keys = new LinkedHashMap<>();
      for (String pair : new String(data, StandardCharsets.UTF_8).split("\0")) {
        if (!pair.isEmpty()) {
          keys.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
      }
      return keys;
    }

    /** Additional sense code and qualifier of a SCSI Response. */
    int senseCode() {
      return ByteBuffer.wrap(data).getShort(2 + 12) & 0xffff;
    }
  }

  /** Another session of the same initiator has another qualifier. */
  IscsiTestClient qualifier(int of) {
    qualifier = of;
    return this;
  }

  IscsiTestClient(InetSocketAddress address) {
    try {
      socket.connect(address, PATIENCE_MS);
      socket.setSoTimeout(PATIENCE_MS);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void digests(boolean ofHeaders, boolean ofData) {
    headerDigest = ofHeaders;
    dataDigest = ofData;
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void send(Header header, byte[] data) throws IOException {
    raw(bytes(header, data));
  }

  byte[] bytes(Header header, byte[] data) {
    header.u8(5, data.length >> 16).u8(6, data.length >> 8).u8(7, data.length);
    ByteBuffer all = ByteBuffer.allocate(Header.BYTES + data.length + 16);
    all.put(header.array());
    if (headerDigest) {
      putDigest(all, header.array());
    }
    if (data.length > 0) {
      byte[] padded = Arrays.copyOf(data, (data.length + 3) / 4 * 4);
      all.put(padded);
      if (dataDigest) {
        putDigest(all, padded);
      }
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  private static void putDigest(ByteBuffer to, byte[] bytes) {
    to.putInt(Integer.reverseBytes(digest(bytes)));
  }

  private static int digest(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  Pdu receive() throws IOException {
    byte[] head = new byte[Header.BYTES];
    in.readFully(head);
    checkDigest(head, headerDigest);
    Header header = Header.of(head);
    byte[] padded = new byte[(header.dataBytes() + 3) / 4 * 4];
    in.readFully(padded);
    checkDigest(padded, dataDigest && padded.length > 0);
    return new Pdu(header, Arrays.copyOf(padded, header.dataBytes()));
  }

  private void checkDigest(byte[] bytes, boolean present) throws IOException {
    if (present && Integer.reverseBytes(in.readInt()) != digest(bytes)) {
      throw new AssertionError("wrong digest");
    }
  }

  Pdu receive(int opcode) throws IOException {
    Pdu pdu = receive();
    if (pdu.opcode() != opcode) {
      throw new AssertionError(
          "opcode " + Integer.toHexString(pdu.opcode()) + " instead of " + opcode);
    }
    return pdu;
  }

  /** Whether the server has closed. */
  boolean atEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (EOFException | SocketException e) {
      return true;
    }
  }

  static byte[] text(String... pairs) {
    return (String.join("\0", pairs) + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** One unit of login and its answer. */
  Pdu login(int flags, String... pairs) throws IOException {
    send(loginHeader(flags), text(pairs));
    Pdu answer = receive(Opcodes.LOGIN_RESPONSE);
    status = answer.header().u16(36);
    handle = answer.header().u16(14);
    return answer;
  }

  Header loginHeader(int flags) {
    Header header = Header.of(0x40 | Opcodes.LOGIN_REQUEST, flags);
    return header.u32(8, qualifier).u16(14, handle).u32(16, 1).u32(24, number);
  }

  /** Straight into the full feature phase; further pairs negotiate. */
  IscsiTestClient begin(String target, String... pairs) throws IOException {
    String[] all = Arrays.copyOf(pairs, pairs.length + 2);
    all[pairs.length] = "InitiatorName=" + INITIATOR;
    all[pairs.length + 1] = target.isEmpty() ? "SessionType=Discovery" : "TargetName=" + target;
    login(0x87, all);
    if (status != 0) {
      throw new AssertionError("login status " + Integer.toHexString(status));
    }
    return this;
  }

  /** The header of a command; the next number is used up. */
  Header command(int tag, int flags, int lun, int expectedBytes, byte[] cdb) {
    Header header = Header.of(Opcodes.SCSI_COMMAND, flags);
    header.u16(8, lun).u32(16, tag).u32(20, expectedBytes).u32(24, number++);
    for (int i = 0; i < cdb.length; i++) {
      header.u8(32 + i, cdb[i]);
    }
    return header;
  }

  static byte[] cdb10(int opcode, int block, int count) {
    return ByteBuffer.allocate(10)
        .put((byte) opcode)
        .putInt(2, block)
        .putShort(7, (short) count)
        .array();
  }

  /** The attention of a new session is told, as initiators do first. */
  IscsiTestClient ready() throws IOException {
    send(command(0x7000, 0x80, 1, 0, new byte[6]), new byte[0]);
    Pdu attention = receive(Opcodes.SCSI_RESPONSE);
    if (attention.senseCode() != 0x2900) {
      throw new AssertionError("no attention");
    }
    return this;
  }

  void write(int tag, int block, byte[] data) throws IOException {
    send(command(tag, 0xa0, 1, data.length, cdb10(0x2a, block, data.length / 512)), data);
  }

  byte[] read(int tag, int block, int bytes) throws IOException {
    send(command(tag, 0xc0, 1, bytes, cdb10(0x28, block, bytes / 512)), new byte[0]);
    ByteBuffer all = ByteBuffer.allocate(bytes);
    while (true) {
      Pdu pdu = receive(Opcodes.DATA_IN);
      if (pdu.header().u32(40) != all.position()) {
        throw new AssertionError("out of order");
      }
      all.put(pdu.data());
      if ((pdu.header().flags() & 1) != 0) {
        return all.array();
      }
    }
  }

  /** A task management request, immediate. */
  void manage(int function, int tag, int lun, int reference) throws IOException {
    Header header = Header.of(0x40 | Opcodes.TASK_MANAGEMENT_REQUEST, 0x80 | function);
    header.u16(8, lun).u32(16, tag).u32(20, reference).u32(24, number);
    send(header, new byte[0]);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
