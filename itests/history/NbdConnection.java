package io.aerie.history;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A client of one export, one command at a time (NetworkBlockDevice, doc/proto.md, "Newstyle
 * negotiation" and "Transmission phase", with simple replies).
 */
final class NbdConnection implements AutoCloseable {
  private static final long OPTION_MAGIC = 0x49484156454F5054L;
  private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
  private static final int OPTION_GO = 7;
  private static final int REPLY_ACK = 1;
  private static final int REPLY_INFO = 3;
  private static final int REPLY_UNKNOWN = 0x80000006;
  private static final int REQUEST_MAGIC = 0x25609513;
  private static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int DISCONNECT = 2;
  private static final int CONNECT_MILLIS = 5_000;

  /** Longer than a node lets an operation wait. */
  private static final int PATIENCE_MILLIS = 15_000;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private long sizeBytes;
  private long cookie;

  private NbdConnection(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream(), 1 << 16));
  }

  /**
   * @param endpoint {@code host:port}
   * @return empty when the server says that there is no such export
   */
  static Optional<NbdConnection> open(String endpoint, String export) throws IOException {
    int colon = endpoint.lastIndexOf(':');
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(
          new InetSocketAddress(
              endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1))),
          CONNECT_MILLIS);
      NbdConnection connection = new NbdConnection(socket);
      if (connection.negotiate(export)) {
        return Optional.of(connection);
      }
      socket.close();
      return Optional.empty();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private boolean negotiate(String export) throws IOException {
    in.skipNBytes(8);
    if (in.readLong() != OPTION_MAGIC) {
      throw new IOException("no newstyle server");
    }
    in.readShort();
    byte[] name = export.getBytes(StandardCharsets.UTF_8);
    out.writeInt(FIXED_NEWSTYLE_NO_ZEROES);
    out.writeLong(OPTION_MAGIC);
    out.writeInt(OPTION_GO);
    out.writeInt(4 + name.length + 2);
    out.writeInt(name.length);
    out.write(name);
    out.writeShort(0);
    out.flush();
    while (true) {
      if (in.readLong() != OPTION_REPLY_MAGIC) {
        throw new IOException("no reply to an option");
      }
      in.readInt();
      int type = in.readInt();
      byte[] data = in.readNBytes(in.readInt());
      if (type == REPLY_ACK) {
        return true;
      } else if (type == REPLY_INFO) {
        if (ByteBuffer.wrap(data).getShort() == 0) {
          sizeBytes = ByteBuffer.wrap(data).getLong(2);
        }
      } else if (type == REPLY_UNKNOWN) {
        return false;
      } else {
        throw new IOException(
            "refused: " + Integer.toHexString(type) + " " + new String(data, StandardCharsets.UTF_8));
      }
    }
  }

  long sizeBytes() {
    return sizeBytes;
  }

  byte[] read(long offset, int length) throws IOException {
    request(READ, offset, length);
    out.flush();
    reply();
    return in.readNBytes(length);
  }

  void write(long offset, byte[] data) throws IOException {
    request(WRITE, offset, data.length);
    out.write(data);
    out.flush();
    reply();
  }

  private void request(int type, long offset, int length) throws IOException {
    out.writeInt(REQUEST_MAGIC);
    out.writeShort(0);
    out.writeShort(type);
    out.writeLong(++cookie);
    out.writeLong(offset);
    out.writeInt(length);
  }

  private void reply() throws IOException {
    if (in.readInt() != SIMPLE_REPLY_MAGIC) {
      throw new IOException("no simple reply");
    }
    int error = in.readInt();
    if (in.readLong() != cookie) {
      throw new IOException("the answer to something else");
    }
    if (error != 0) {
      throw new IOException("error " + error);
    }
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      request(DISCONNECT, 0, 0);
      out.flush();
    }
  }
}
