package io.aerie.storage.admin;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Arrays;
import java.util.Locale;

/** Whether a pool is rebalanced by itself, or only when it is asked for. */
public enum BalancePolicy {
  AUTOMATIC,
  MANUAL;

  /** Reads {@code automatic} or {@code manual}, in any case. */
  public static BalancePolicy parse(String text) {
    return Arrays.stream(values())
        .filter(policy -> policy.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.INVALID_VALUE,
                    "'" + text + "' does not say when a pool is rebalanced",
                    "There are automatic and manual.",
                    ""));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
