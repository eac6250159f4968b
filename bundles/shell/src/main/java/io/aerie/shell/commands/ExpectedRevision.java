package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.OptionalLong;

/** The option {@code --revision} of commands that change something. */
final class ExpectedRevision {
  private ExpectedRevision() {}

  /** Of what the option says; empty when it was not given. */
  static OptionalLong of(Long revision) {
    return revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
  }

  /** PRECONDITION_FAILED when something else is expected than there is. */
  static void check(OptionalLong expected, long actual) {
    if (expected.isPresent() && expected.getAsLong() != actual) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The object has another revision than --revision asks for",
          "It has revision " + actual + ", not " + expected.getAsLong() + ".",
          "Look again, then decide.");
    }
  }
}
