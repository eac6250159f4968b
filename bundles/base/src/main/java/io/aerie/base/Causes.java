package io.aerie.base;

import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What failed, behind what futures wrap around it. */
public final class Causes {
  private Causes() {}

  /** The failure itself, without the wrappers of futures. */
  public static Throwable of(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether it is a refusal with one of these codes. */
  public static boolean isRefusal(Throwable failure, ErrorCode... codes) {
    return of(failure) instanceof AerieException refusal
        && Arrays.asList(codes).contains(refusal.code());
  }
}
