package io.aerie.nbd.server;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;

/** Failures of storage as errors of the protocol, section "Error values". */
final class Failures {
  private Failures() {}

  /**
   * The error number for a failed operation. ESHUTDOWN obliges the client to go (section
   * "Terminating the transmission phase"): right when this attachment can never succeed again. EIO
   * lets it try again.
   */
  static int errorOf(Throwable failure) {
    if (Causes.of(failure) instanceof AerieException refusal) {
      return switch (refusal.code()) {
        case INVALID_VALUE, INVALID_SIZE -> Nbd.EINVAL;
        case NO_SPACE, CAPACITY_EXCEEDED -> Nbd.ENOSPC;
        case RESERVED -> Nbd.EPERM;
        case FENCED, NOT_FOUND -> Nbd.ESHUTDOWN;
        default -> Nbd.EIO;
      };
    }
    return Nbd.EIO;
  }

  /**
   * True when this node can't reach storage and operations have waited as long as they may. No
   * answer is better than an error then: nothing of the session takes effect later, and a client
   * that connects again sends what was not answered once more.
   */
  static boolean endsSession(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.UNAVAILABLE);
  }

  /** One line for the client's user. */
  static String textOf(Throwable failure) {
    Throwable cause = Causes.of(failure);
    return cause instanceof AerieException refusal ? refusal.describe() : "internal error";
  }

  /** True for failures that tell of a defect and belong into the log. */
  static boolean isDefect(Throwable failure) {
    return !(Causes.of(failure) instanceof AerieException);
  }
}
