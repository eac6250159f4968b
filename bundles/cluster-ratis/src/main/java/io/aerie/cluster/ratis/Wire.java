package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * What this provider's nodes send each other.
 *
 * <pre>
 * command   the consumer's bytes, unchanged, as Raft log entry; none: moves the log on, changes nothing
 * change    over Messages, subject "log/ratis/change":
 *           kind:1 (1 join, 2 remove), forwarded:1, log:UTF, node:UTF, peer:UTF, address:UTF
 * probe     over Messages, subject "log/ratis/probe": log:UTF; answer: 1 when that node has the log
 * </pre>
 */
final class Wire {
  static final String CHANGE = "log/ratis/change";
  static final String PROBE = "log/ratis/probe";

  /** A command that no state machine sees. */
  static final byte[] EMPTY = {};

  private Wire() {}

  static Message message(byte[] bytes) {
    return Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
  }

  /** What a membership change does. */
  enum ChangeKind {
    JOIN(1),
    REMOVE(2);

    private final int code;

    ChangeKind(int code) {
      this.code = code;
    }

    static ChangeKind of(int code) throws IOException {
      for (ChangeKind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IOException("unknown kind " + code);
    }
  }

  /**
   * A wish to change who is a member.
   *
   * @param kind what
   * @param forwarded true when it was sent on by a member that isn't the leader: goes no further
   * @param log the log
   * @param node whose replica
   * @param peer its Raft name; empty for a removal, which means all of the node
   * @param address where it listens, {@code HOST:PORT}; empty for a removal
   */
  record Change(
      ChangeKind kind, boolean forwarded, String log, String node, String peer, String address) {
    byte[] encode() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      try {
        out.writeByte(kind.code);
        out.writeBoolean(forwarded);
        out.writeUTF(log);
        out.writeUTF(node);
        out.writeUTF(peer);
        out.writeUTF(address);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    static Change decode(byte[] body) {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
      try {
        return new Change(
            ChangeKind.of(in.readByte()),
            in.readBoolean(),
            in.readUTF(),
            in.readUTF(),
            in.readUTF(),
            in.readUTF());
      } catch (IOException e) {
        throw new AerieException(
            ErrorCode.MALFORMED_BODY, "unreadable membership change", e.getMessage(), "", e);
      }
    }

    Change asForwarded() {
      return new Change(kind, true, log, node, peer, address);
    }
  }
}
