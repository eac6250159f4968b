package io.aerie.base;

import java.util.Objects;

/**
 * A refusal or failure that a user may see: what happened, why, and what to do, under a stable
 * code. Nothing was changed when it is thrown as a refusal (a code whose status is below 500).
 */
@SuppressWarnings("OverrideThrowableToString") // the message alone is what users see
public final class AerieException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String why;
  private final String remedy;

  /**
   * @param code the stable code
   * @param what what happened, a sentence without a full stop at its end
   * @param why the cause, a sentence; may be empty where the first sentence tells it
   * @param remedy what the user can do, a sentence; may be empty
   */
  public AerieException(ErrorCode code, String what, String why, String remedy) {
    this(code, what, why, remedy, null);
  }

  /** As above, with the failure that led to it. */
  public AerieException(ErrorCode code, String what, String why, String remedy, Throwable cause) {
    super(Objects.requireNonNull(what), cause);
    this.code = Objects.requireNonNull(code);
    this.why = Objects.requireNonNull(why);
    this.remedy = Objects.requireNonNull(remedy);
  }

  /** Shorthand where what happened says all. */
  public AerieException(ErrorCode code, String what) {
    this(code, what, "", "", null);
  }

  public ErrorCode code() {
    return code;
  }

  public String why() {
    return why;
  }

  public String remedy() {
    return remedy;
  }

  /** One text for logs and the shell: code, what, why, remedy. */
  public String describe() {
    StringBuilder text =
        new StringBuilder(code.code()).append(": ").append(getMessage()).append('.');
    if (!why.isEmpty()) {
      text.append(' ').append(why);
    }
    if (!remedy.isEmpty()) {
      text.append(' ').append(remedy);
    }
    return text.toString();
  }

  /** Stack traces in logs tell the code, the cause and what to do, too; the message stays short. */
  @Override
  public String toString() {
    return getClass().getName() + ": " + describe();
  }
}
