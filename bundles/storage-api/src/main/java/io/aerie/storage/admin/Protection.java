package io.aerie.storage.admin;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a volume survives failures. {@code rf2} and {@code rf3} keep whole copies on 2 or 3 nodes;
 * the erasure code {@code ec4+2} cuts data in 4 parts and adds 2 parities, each on another node, so
 * that any 4 of them give back all.
 *
 * @param dataCount parts that the data is cut into, 1 for copies
 * @param parityCount parities, or further copies: how many nodes may be lost
 */
public record Protection(int dataCount, int parityCount) {
  /** Those for which pools tell what is available. */
  public static final List<Protection> COMMON =
      List.of(copies(2), copies(3), new Protection(2, 1), new Protection(4, 2));

  private static final Pattern COPIES = Pattern.compile("rf([23])");
  private static final Pattern CODE = Pattern.compile("ec([2-8])\\+([1-8])");

  private static Protection copies(int count) {
    return new Protection(1, count - 1);
  }

  /** Reads {@code rf2}, {@code rf3} or {@code ecX+Y}, in any case. */
  public static Protection parse(String text) {
    String lower = text == null ? "" : text.toLowerCase(Locale.ROOT);
    Matcher copies = COPIES.matcher(lower);
    if (copies.matches()) {
      return copies(Integer.parseInt(copies.group(1)));
    }
    Matcher code = CODE.matcher(lower);
    if (code.matches()) {
      Protection found =
          new Protection(Integer.parseInt(code.group(1)), Integer.parseInt(code.group(2)));
      if (found.parityCount <= found.dataCount) {
        return found;
      }
    }
    throw new AerieException(
        ErrorCode.INVALID_PROTECTION,
        "'" + text + "' is not a protection",
        "There are rf2, rf3 and erasure codes ecX+Y with X from 2 to 8 and Y from 1 to X.",
        "");
  }

  /** Nodes that a volume of it needs. */
  public int memberCount() {
    return dataCount + parityCount;
  }

  @Override
  public String toString() {
    return dataCount == 1 ? "rf" + memberCount() : "ec" + dataCount + "+" + parityCount;
  }
}
