package io.aerie.configdb.state;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.regex.Pattern;

/** The rule for documents' paths. */
public final class Paths {
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
  // "." and ".." would be folded away by URL handling before they reach us: never let them in
  private static final Pattern DOTS = Pattern.compile("(.*/)?\\.\\.?(/.*)?");

  private Paths() {}

  /** Returns the path when it is one; INVALID_VALUE else. */
  public static String check(String path) {
    if (path == null
        || path.length() > Limits.PATH_LENGTH_MAX
        || !PATH.matcher(path).matches()
        || DOTS.matcher(path).matches()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + shorten(path) + "' is not a path of a document",
          "A path has segments of letters, digits, dots, hyphens and underscores, joined by slashes,"
              + " none of them '.' or '..', and at most "
              + Limits.PATH_LENGTH_MAX
              + " characters.",
          "Write for example pools/default.");
    }
    return path;
  }

  /** The same for a prefix, which may be empty. */
  public static String checkPrefix(String prefix) {
    return prefix != null && prefix.isEmpty() ? prefix : check(prefix);
  }

  /** Whether a path lies at or below a prefix of whole segments. */
  public static boolean covers(String prefix, String path) {
    return prefix.isEmpty()
        || (path.startsWith(prefix)
            && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/'));
  }

  private static String shorten(String path) {
    return path == null || path.length() <= 80 ? path : path.substring(0, 80) + "...";
  }
}
