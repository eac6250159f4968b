package io.aerie.shell.commands;

import java.util.OptionalLong;

/** The option {@code --revision} of commands that change something. */
final class ExpectedRevision {
  private ExpectedRevision() {}

  /** Of what the option says; empty when it was not given. */
  static OptionalLong of(Long revision) {
    return revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
  }
}
