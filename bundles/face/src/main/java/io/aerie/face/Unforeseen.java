package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import org.slf4j.Logger;

/** Failures that nobody foresaw: the node's log has all of them, users the same words. */
public final class Unforeseen {
  private Unforeseen() {}

  /**
   * Logs it.
   *
   * @param log of the face
   * @param what "a request", "a command"
   * @return what the user is told; the failure itself when it is one with words for users
   */
  public static AerieException report(Logger log, String what, Throwable failure) {
    if (failure instanceof AerieException known) {
      if (known.code() == ErrorCode.INTERNAL) {
        log.error("{} failed unexpectedly", what, known);
      }
      return known;
    }
    log.error("{} failed unexpectedly", what, failure);
    return told();
  }

  /** What the user is told. */
  public static AerieException told() {
    return new AerieException(
        ErrorCode.INTERNAL, "An unexpected failure happened", "", "The node's log tells more.");
  }
}
