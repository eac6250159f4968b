package io.aerie.cluster.atomix;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What travels inside Atomix' messages. Numbers are big-endian, texts are as {@link
 * DataOutputStream#writeUTF} has them.
 *
 * <pre>
 * request   u8 1 | text sender's name | body
 * answer    u8 0 | body
 *           u8 1 | text code | text what | text why | text remedy
 * </pre>
 *
 * <p>The sender's name is claimed, not proved: mutual TLS proves that the sender is a member.
 */
final class MessageWire {
  private static final int REQUEST = 1;
  private static final int ANSWER = 0;
  private static final int ERROR = 1;

  /** A text longer than this is cut: writeUTF takes at most 65,535 bytes, 3 a character. */
  private static final int TEXT_MAX = 20_000;

  private MessageWire() {}

  record Request(NodeId from, byte[] body) {}

  static byte[] request(NodeId from, byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 72);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(REQUEST);
      out.writeUTF(from.value());
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Request readRequest(byte[] message) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
      if (in.readUnsignedByte() != REQUEST) {
        throw malformed(null);
      }
      return new Request(new NodeId(in.readUTF()), in.readAllBytes());
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  static byte[] answer(byte[] body) {
    byte[] message = new byte[body.length + 1];
    message[0] = ANSWER;
    System.arraycopy(body, 0, message, 1, body.length);
    return message;
  }

  static byte[] error(AerieException error) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(ERROR);
      out.writeUTF(error.code().name());
      out.writeUTF(cut(error.getMessage()));
      out.writeUTF(cut(error.why()));
      out.writeUTF(cut(error.remedy()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * The answer's body.
   *
   * @throws AerieException the handler's error
   */
  static byte[] readAnswer(byte[] message) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
      if (in.readUnsignedByte() == ANSWER) {
        return in.readAllBytes();
      }
      ErrorCode code = code(in.readUTF());
      throw new AerieException(code, in.readUTF(), in.readUTF(), in.readUTF());
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** A newer member may know codes that this release doesn't. */
  private static ErrorCode code(String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return ErrorCode.INTERNAL;
  }

  private static String cut(String text) {
    return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
  }

  private static AerieException malformed(IOException cause) {
    return new AerieException(
        ErrorCode.INTERNAL, "A message between members is malformed", "", "", cause);
  }
}
