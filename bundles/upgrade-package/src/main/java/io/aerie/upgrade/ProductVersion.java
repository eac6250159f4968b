package io.aerie.upgrade;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the product, such as {@code 1.4.2} or, before its release, {@code 1.4.2-SNAPSHOT}. A
 * snapshot comes before the release of the same numbers.
 */
public record ProductVersion(int major, int minor, int micro, boolean snapshot)
    implements Comparable<ProductVersion> {
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})(-SNAPSHOT)?");

  private static final Comparator<ProductVersion> ORDER =
      Comparator.comparingInt(ProductVersion::major)
          .thenComparingInt(ProductVersion::minor)
          .thenComparingInt(ProductVersion::micro)
          .thenComparing(version -> !version.snapshot());

  /** Reads Maven's way of writing it; anything else is refused with {@code invalid-value}. */
  public static ProductVersion parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + text + "' is no version",
          "A version is MAJOR.MINOR.MICRO, or MAJOR.MINOR.MICRO-SNAPSHOT.",
          "");
    }
    return new ProductVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        matcher.group(4) != null);
  }

  /**
   * Whether both can run in one cluster: the same major version, minor versions at most one apart.
   */
  public boolean mayRunBeside(ProductVersion other) {
    return major == other.major && Math.abs(minor - other.minor) <= 1;
  }

  @Override
  public int compareTo(ProductVersion other) {
    return ORDER.compare(this, other);
  }

  /** As Maven writes it, in file names and URLs. */
  @Override
  public String toString() {
    return major + "." + minor + "." + micro + (snapshot ? "-SNAPSHOT" : "");
  }
}
