package io.aerie.base;

import java.util.regex.Pattern;

/** The one rule for names that users give to volumes, pools, users and nodes. */
public final class Names {
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?");

  private Names() {}

  /**
   * Returns the name when it is one: 1 to 63 letters, digits, dots, hyphens and underscores, a
   * letter or digit at both ends.
   *
   * @param kind what is named, for the error's text: "volume", "pool"
   * @throws AerieException {@link ErrorCode#INVALID_NAME}
   */
  public static String check(String kind, String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new AerieException(
          ErrorCode.INVALID_NAME,
          "'" + name + "' is not a name for a " + kind,
          "A name has 1 to 63 letters, digits, dots, hyphens or underscores, with a letter or digit at both ends.",
          "");
    }
    return name;
  }
}
