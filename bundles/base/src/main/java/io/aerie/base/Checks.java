package io.aerie.base;

/**
 * Checks that are always on. A failed one is a programmer's error and stops the operation, never a
 * refusal of a user's input.
 */
public final class Checks {
  private Checks() {}

  /** Throws {@link IllegalStateException} unless the condition holds. */
  public static void check(boolean condition, String format, Object... arguments) {
    if (!condition) {
      throw new IllegalStateException(String.format(format, arguments));
    }
  }
}
