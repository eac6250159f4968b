package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.IscsiTargets.Chap;
import io.aerie.face.IscsiTargets.Lun;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.console.Session;

/** How commands write what a target has. */
final class TargetOptions {
  static final String LUN_DESCRIPTION =
      "NUMBER=VOLUME[,read-only][,block-size=BYTES], as 1=v1 or 2=v2,read-only,block-size=4096;"
          + " may be repeated";

  private static final Pattern LUN =
      Pattern.compile("([0-9]{1,5})=([^,]+?)(,read-only)?(?:,block-size=([0-9]{1,5}))?");

  private TargetOptions() {}

  static Lun lun(String text) {
    Matcher matcher = LUN.matcher(text);
    if (!matcher.matches()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + text + "' is not a LUN",
          "",
          "Write NUMBER=VOLUME[,read-only][,block-size=BYTES].");
    }
    return new Lun(
        Integer.valueOf(matcher.group(1)),
        matcher.group(2),
        matcher.group(3) != null,
        matcher.group(4) == null ? null : Integer.valueOf(matcher.group(4)));
  }

  /**
   * Gets the secrets, which are no arguments: those stay in histories.
   *
   * @param mutualUser null unless the target proves something, too
   * @return null without any user
   */
  static Chap chap(Session session, String user, String mutualUser) {
    if (user == null && mutualUser == null) {
      return null;
    }
    if (user == null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "A target proves something only to initiators that do, too",
          "",
          "Say --chap-user as well.");
    }
    String secret = new String(PasswordPrompt.read(session, "Secret of the initiators"));
    return mutualUser == null
        ? new Chap(user, secret, null, null)
        : new Chap(
            user,
            secret,
            mutualUser,
            new String(PasswordPrompt.read(session, "Secret of the target")));
  }
}
