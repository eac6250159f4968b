package io.aerie.base;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes as users write and read it. Units are binary whichever way they are written:
 * {@code 4G}, {@code 4GB} and {@code 4GiB} are all 4 x 2^30 bytes, as qemu-img and lvm read them.
 *
 * @param bytes the amount, not negative
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern TEXT =
      Pattern.compile("\\s*(\\d{1,19})\\s*([kKmMgGtTpP]?)(i?[bB])?\\s*");
  private static final String UNITS = "KMGTP";

  public ByteSize {
    Checks.check(bytes >= 0, "negative size %d", bytes);
  }

  /**
   * Reads a size such as {@code 512}, {@code 64K}, {@code 10GiB}.
   *
   * @throws AerieException {@link ErrorCode#INVALID_SIZE} when the text is no size or does not fit
   *     into 63 bits
   */
  public static ByteSize parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    try {
      long number = Long.parseLong(matcher.group(1));
      String unit = matcher.group(2).toUpperCase(Locale.ROOT);
      int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
      return new ByteSize(Math.multiplyExact(number, 1L << (10 * power)));
    } catch (ArithmeticException | NumberFormatException e) {
      throw invalid(text);
    }
  }

  private static AerieException invalid(String text) {
    return new AerieException(
        ErrorCode.INVALID_SIZE,
        "'" + text + "' is not a size",
        "A size is a whole number with an optional unit K, M, G, T or P (binary).",
        "Write for example 4G or 512MiB.");
  }

  /**
   * The size in the largest unit that leaves at least 1, with at most one decimal: {@code 4 GiB},
   * {@code 1.5 TiB}.
   */
  @Override
  public String toString() {
    int power = 0;
    while (power < UNITS.length() && bytes >> (10 * (power + 1)) > 0) {
      power++;
    }
    if (power == 0) {
      return bytes + " B";
    }
    double value = (double) bytes / (1L << (10 * power));
    String number =
        value == Math.rint(value)
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, "%.1f", value);
    return number + " " + UNITS.charAt(power - 1) + "iB";
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }
}
