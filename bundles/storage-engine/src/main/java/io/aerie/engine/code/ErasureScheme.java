package io.aerie.engine.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * EC X+Y: a stripe is X data fragments and Y parity fragments, each in another failure domain; any
 * X of them give all back. Fragments are numbered from 0, data before parities.
 *
 * @param dataCount X, 2 to 8
 * @param parityCount Y, 1 to 8, at most X
 */
public record ErasureScheme(int dataCount, int parityCount) {
  /** The largest X, and the largest Y. */
  public static final int COUNT_MAX = 8;

  private static final Pattern TEXT = Pattern.compile("ec([0-9])\\+([0-9])");

  /** Checks the bounds. */
  public ErasureScheme {
    if (dataCount < 2 || dataCount > COUNT_MAX || parityCount < 1 || parityCount > dataCount) {
      throw new IllegalArgumentException(
          "there is no erasure code " + dataCount + "+" + parityCount);
    }
  }

  /** All 35 that there are. */
  public static List<ErasureScheme> all() {
    List<ErasureScheme> all = new ArrayList<>();
    for (int data = 2; data <= COUNT_MAX; data++) {
      for (int parity = 1; parity <= data; parity++) {
        all.add(new ErasureScheme(data, parity));
      }
    }
    return all;
  }

  /**
   * Reads {@code ec4+2}, in any case.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ErasureScheme parse(String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not an erasure code such as ec4+2");
    }
    return new ErasureScheme(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** X + Y. */
  public int fragmentCount() {
    return dataCount + parityCount;
  }

  @Override
  public String toString() {
    return "ec" + dataCount + "+" + parityCount;
  }
}
