package io.aerie.nbd.server;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that says exactly what a test wants, valid or not, and shows exactly what came back.
 * Written against the protocol's text, not against the server's constants.
 */
final class NbdTestClient implements AutoCloseable {
  /** Nothing in a test may take longer, ms: a hanging server fails the test instead. */
  private static final int TIMEOUT_MS = 20_000;

  private Socket socket;
  private DataInputStream in;
  private DataOutputStream out;

  NbdTestClient(InetSocketAddress address) {
    try {
      socket = new Socket();
      socket.connect(address, TIMEOUT_MS);
      socket.setSoTimeout(TIMEOUT_MS);
      use(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void use(Socket next) throws IOException {
    socket = next;
    in = new DataInputStream(next.getInputStream());
    out = new DataOutputStream(next.getOutputStream());
  }

  /** An option reply. */
  record OptionReply(int option, int type, ByteBuffer data) {
    String text() {
      return StandardCharsets.UTF_8.decode(data.duplicate()).toString();
    }
  }

  /** A simple reply (type -1) or a structured chunk. */
  record Reply(int type, int flags, int error, long cookie, ByteBuffer payload) {
    boolean simple() {
      return type == -1;
    }
  }

  Socket socket() {
    return socket;
  }

  /** Reads the greeting and answers with flags. */
  void hello(int flags) throws IOException {
    check(in.readLong() == 0x4e42444d41474943L, "NBDMAGIC");
    check(in.readLong() == 0x49484156454F5054L, "IHAVEOPT");
    check(in.readUnsignedShort() == 3, "handshake flags");
    out.writeInt(flags);
  }

  /** Fixed newstyle without zeroes. */
  NbdTestClient hello() throws IOException {
    hello(3);
    return this;
  }

  void sendOption(int option, byte[] data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16 + data.length);
    bytes.putLong(0x49484156454F5054L).putInt(option).putInt(data.length).put(data);
    out.write(bytes.array());
  }

  OptionReply readOption() throws IOException {
    check(in.readLong() == 0x3e889045565a9L, "option reply magic");
    int option = in.readInt();
    int type = in.readInt();
    byte[] data = new byte[in.readInt()];
    in.readFully(data);
    return new OptionReply(option, type, ByteBuffer.wrap(data));
  }

  /** Sends an option and collects replies up to the final one. */
  List<OptionReply> option(int option, byte[] data) throws IOException {
    sendOption(option, data);
    List<OptionReply> replies = new ArrayList<>();
    do {
      replies.add(readOption());
    } while (last(replies).type() > 1);
    check(replies.stream().allMatch(reply -> reply.option() == option), "echoed option");
    return replies;
  }

  static OptionReply last(List<OptionReply> replies) {
    return replies.get(replies.size() - 1);
  }

  static byte[] info(String name, int... types) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer data = ByteBuffer.allocate(4 + text.length + 2 + 2 * types.length);
    data.putInt(text.length).put(text).putShort((short) types.length);
    for (int type : types) {
      data.putShort((short) type);
    }
    return data.array();
  }

  static byte[] queries(String name, String... queries) {
    ByteBuffer data = ByteBuffer.allocate(8192);
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    data.putInt(text.length).put(text).putInt(queries.length);
    for (String query : queries) {
      byte[] bytes = query.getBytes(StandardCharsets.UTF_8);
      data.putInt(bytes.length).put(bytes);
    }
    byte[] result = new byte[data.position()];
    data.flip().get(result);
    return result;
  }

  /** Into transmission, with simple replies. */
  NbdTestClient go(String name) throws IOException {
    check(last(option(7, info(name, 3))).type() == 1, "GO acknowledged");
    return this;
  }

  /** Into transmission, with structured replies and base:allocation. */
  NbdTestClient goStructured(String name) throws IOException {
    check(last(option(8, new byte[0])).type() == 1, "structured replies");
    check(option(10, queries(name, "base:allocation")).size() == 2, "one context");
    return go(name);
  }

  void request(int type, int flags, long cookie, long offset, int length) throws IOException {
    out.write(header(type, flags, cookie, offset, length).array());
  }

  void write(int flags, long cookie, long offset, byte[] data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(28 + data.length);
    bytes.put(header(1, flags, cookie, offset, data.length).flip()).put(data);
    out.write(bytes.array());
  }

  static ByteBuffer header(int type, int flags, long cookie, long offset, int length) {
    return ByteBuffer.allocate(28)
        .putInt(0x25609513)
        .putShort((short) flags)
        .putShort((short) type)
        .putLong(cookie)
        .putLong(offset)
        .putInt(length);
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /**
   * @param readBytes payload that follows a simple reply without error
   */
  Reply read(int readBytes) throws IOException {
    int magic = in.readInt();
    if (magic == 0x67446698) {
      int error = in.readInt();
      long cookie = in.readLong();
      byte[] data = new byte[error == 0 ? readBytes : 0];
      in.readFully(data);
      return new Reply(-1, 1, error, cookie, ByteBuffer.wrap(data));
    }
    check(magic == 0x668e33ef, "reply magic");
    int flags = in.readUnsignedShort();
    int type = in.readUnsignedShort();
    long cookie = in.readLong();
    byte[] data = new byte[in.readInt()];
    in.readFully(data);
    ByteBuffer payload = ByteBuffer.wrap(data);
    return new Reply(type, flags, type >= 0x8000 ? payload.getInt(0) : 0, cookie, payload);
  }

  /** Simple reply or single chunk to a command without data. */
  int error(long cookie) throws IOException {
    Reply reply = read(0);
    check(reply.cookie() == cookie, "cookie");
    return reply.error();
  }

  byte[] readExactly(int length) throws IOException {
    byte[] data = new byte[length];
    in.readFully(data);
    return data;
  }

  /** True when the server closed without another byte. */
  boolean atEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  /** Goes on over TLS. */
  void startTls(javax.net.ssl.SSLContext context) throws IOException {
    javax.net.ssl.SSLSocket tls =
        (javax.net.ssl.SSLSocket)
            context.getSocketFactory().createSocket(socket, null, /* autoClose= */ true);
    tls.setUseClientMode(true);
    tls.startHandshake();
    use(tls);
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("unexpected: " + what);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
