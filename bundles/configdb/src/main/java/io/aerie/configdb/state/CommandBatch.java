package io.aerie.configdb.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Commands that share one entry of the log: what an entry costs (signing on to the leader, being
 * sent to each member, syncs, answers) is paid once for all of them. They are carried out in order,
 * each as if it had an entry of its own: one that fails hinders no other.
 *
 * <pre>
 *  one command      as {@link Command} draws it; its answer as {@link Answer} draws it
 *  several          u8 format = 2 | i32 count | { i32 length | command } ... in order
 *  their answers    u8 kind = 4   | i32 count | { answer } ... in the same order
 * </pre>
 */
public final class CommandBatch {
  private static final int FORMAT = 2;
  private static final int ANSWERS = 4;

  /** Bytes that a batch needs beside its commands, and each command beside itself. */
  public static final int HEADER_BYTES = 1 + Integer.BYTES;

  /** See {@link #HEADER_BYTES}. */
  public static final int COMMAND_HEADER_BYTES = Integer.BYTES;

  private CommandBatch() {}

  /** One entry for encoded commands, of which there is at least one. */
  public static byte[] encode(List<byte[]> commands) {
    if (commands.size() == 1) {
      return commands.get(0);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      out.writeInt(commands.size());
      for (byte[] command : commands) {
        out.writeInt(command.length);
        out.write(command);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The commands of an entry; IOException when it is none of a format that this release knows. */
  static List<Command> decode(byte[] entry) throws IOException {
    if (entry.length == 0 || entry[0] != FORMAT) {
      return List.of(Command.decode(entry));
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry, 1, entry.length - 1));
    List<Command> commands = new ArrayList<>();
    for (int left = count(in, entry.length); left > 0; left--) {
      commands.add(Command.decode(in.readNBytes(count(in, in.available()))));
    }
    if (commands.isEmpty() || in.available() > 0) {
      throw new IOException("a batch of " + commands.size() + " does not fill its entry");
    }
    return commands;
  }

  private static int count(DataInputStream in, int max) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > max) {
      throw new IOException("impossible count " + count + " in a batch");
    }
    return count;
  }

  static byte[] encodeAnswers(List<Answer> answers) {
    if (answers.size() == 1) {
      return answers.get(0).encode();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(ANSWERS);
      out.writeInt(answers.size());
      for (Answer answer : answers) {
        answer.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * The answers to so many commands, in their order. A refusal of the whole entry is each command's
   * answer.
   */
  public static List<Answer> decodeAnswers(byte[] bytes, int commands) {
    try {
      if (bytes.length == 0 || bytes[0] != ANSWERS) {
        Answer answer = Answer.decode(bytes);
        if (commands > 1 && !(answer instanceof Answer.Refused)) {
          throw new IOException("one answer to " + commands + " commands");
        }
        return Collections.nCopies(commands, answer);
      }
      DataInputStream in =
          new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1));
      if (in.readInt() != commands) {
        throw new IOException("not as many answers as commands");
      }
      List<Answer> answers = new ArrayList<>(commands);
      for (int i = 0; i < commands; i++) {
        answers.add(Answer.read(in));
      }
      return answers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
