package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as users write them: {@code 90s}, {@code 30m}, {@code 1h}, {@code 1d}. */
public final class Durations {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})([smhd])");

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws AerieException INVALID_VALUE
   */
  public static Duration parse(String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text.strip());
    if (!matcher.matches()) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "'" + text + "' is not a duration",
          "A duration is a whole number with a unit s, m, h or d.",
          "Write for example 30m or 1h.");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }
}
