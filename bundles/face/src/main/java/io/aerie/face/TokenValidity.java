package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.time.Duration;

/** How long a join token may live: 1 minute to 24 hours, 1 hour unless told. */
public final class TokenValidity {
  /** What one gets without asking. */
  public static final String DEFAULT = "1h";

  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  private TokenValidity() {}

  /** Reads and checks a validity; INVALID_VALUE. */
  public static Duration parse(String text) {
    Duration validity = Durations.parse(text == null ? DEFAULT : text);
    if (validity.compareTo(SHORTEST) < 0 || validity.compareTo(LONGEST) > 0) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "A join token can't be valid for " + text,
          "Its validity is between 1 minute and 24 hours.",
          "Ask for a validity within that.");
    }
    return validity;
  }

  /** What a dry run tells of a token with that validity. */
  public static String explained(Duration validity) {
    return "A token for one node would be made that is valid for " + validity.toSeconds() + " s.";
  }
}
