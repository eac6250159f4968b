package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.karaf.shell.api.console.Session;

/**
 * Gets a new password without its being on a command line: asked for twice at a terminal, read as
 * one line where there is none ({@code ssh node user:add ada operator < file}).
 */
final class PasswordPrompt {
  /** Four bytes hold any character, and no password has more than 1,024. */
  private static final int BYTES_MAX = 4 * 1_024 + 2;

  private PasswordPrompt() {}

  /** The password; INVALID_VALUE when none came, or two different ones. */
  static char[] read(Session session) {
    return read(session, "New password");
  }

  /**
   * The same of another secret.
   *
   * @param what is asked for, the beginning of a line
   */
  static char[] read(Session session, String what) {
    try {
      return session.getTerminal() == null ? line(session.getKeyboard()) : asked(session, what);
    } catch (IOException e) {
      throw new AerieException(ErrorCode.IO_ERROR, "The password can't be read", "", "", e);
    }
  }

  private static char[] asked(Session session, String what) throws IOException {
    String first = session.readLine(what + ": ", '*');
    String second = session.readLine("Once more: ", '*');
    if (first == null || first.isEmpty()) {
      throw none();
    }
    if (!first.equals(second)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The two passwords differ",
          "",
          "Nothing was changed; try again.");
    }
    return first.toCharArray();
  }

  private static char[] line(InputStream input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int next = input.read();
    while (next >= 0 && next != '\n' && bytes.size() < BYTES_MAX) {
      bytes.write(next);
      next = input.read();
    }
    byte[] encoded = bytes.toByteArray();
    String text = new String(encoded, StandardCharsets.UTF_8);
    Arrays.fill(encoded, (byte) 0);
    if (text.endsWith("\r")) {
      text = text.substring(0, text.length() - 1);
    }
    if (text.isEmpty()) {
      throw none();
    }
    return text.toCharArray();
  }

  private static AerieException none() {
    return new AerieException(
        ErrorCode.INVALID_VALUE,
        "No password came",
        "It is asked for at a terminal, and else read as one line of standard input.",
        "Send it there: ssh NODE 'user:password NAME' < FILE.");
  }
}
