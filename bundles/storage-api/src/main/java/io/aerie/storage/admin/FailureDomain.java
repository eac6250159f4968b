package io.aerie.storage.admin;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Arrays;
import java.util.Locale;

/** What can fail as one, from the smallest to the largest. */
public enum FailureDomain {
  DISK,
  NODE,
  RACK,
  SITE;

  /** Reads {@code disk}, {@code node}, {@code rack} or {@code site}, in any case. */
  public static FailureDomain parse(String text) {
    return Arrays.stream(values())
        .filter(domain -> domain.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.INVALID_VALUE,
                    "'" + text + "' is not a failure domain",
                    "There are disk, node, rack and site.",
                    ""));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
