package io.aerie.iscsi.scsi;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures of storage as sense data. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /**
   * The outcome of an operation of storage. Throws the failure again when no answer is the better
   * one: this node can't reach storage and operations have waited as long as they may; the session
   * ends, nothing of it takes effect later, and the initiator goes another way.
   */
  static Outcome outcome(ByteBuffer data, Throwable failure, boolean write) {
    if (failure == null) {
      return data == null ? Outcome.DONE : Outcome.data(data);
    }
    Throwable cause = Causes.of(failure);
    if (cause instanceof CheckCondition check) {
      return Outcome.check(check.sense());
    }
    if (!(cause instanceof AerieException refusal)) {
      LOG.warn("A SCSI command failed", cause);
      return Outcome.check(Sense.INTERNAL_FAILURE);
    }
    LOG.debug("A SCSI command failed", refusal);
    if (refusal.code() == ErrorCode.RESERVED) {
      return Outcome.CONFLICT;
    }
    if (refusal.code() == ErrorCode.UNAVAILABLE) {
      throw new CompletionException(refusal);
    }
    return Outcome.check(sense(refusal.code(), write));
  }

  /** What an initiator is told of a volume that can't be opened. */
  static Sense ofOpening(Throwable failure) {
    return Causes.of(failure) instanceof AerieException refusal
            && refusal.code() != ErrorCode.NOT_FOUND
        ? Sense.BECOMING_READY
        : Sense.INTERVENTION_REQUIRED;
  }

  private static Sense sense(ErrorCode code, boolean write) {
    return switch (code) {
      case INVALID_VALUE, INVALID_SIZE -> Sense.OUT_OF_RANGE;
      case NO_SPACE, CAPACITY_EXCEEDED -> Sense.SPACE_ALLOCATION_FAILED;
      case FENCED, NOT_FOUND -> Sense.INTERVENTION_REQUIRED;
      // Trying again is sensible.
      case TIMED_OUT -> Sense.ABORTED;
      case IO_ERROR, CORRUPT -> write ? Sense.WRITE_ERROR : Sense.UNRECOVERED_READ_ERROR;
      default -> Sense.INTERNAL_FAILURE;
    };
  }
}
