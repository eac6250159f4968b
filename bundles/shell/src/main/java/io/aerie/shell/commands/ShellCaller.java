package io.aerie.shell.commands;

import io.aerie.face.access.Caller;
import io.aerie.shell.login.ShellLogin;

/** Who runs a command, out of what the login left in the thread's subject. */
final class ShellCaller {
  private ShellCaller() {}

  /** FORBIDDEN when nobody is logged in; UNAUTHENTICATED when the login no longer holds. */
  static Caller current() {
    return ShellLogin.current()
        .orElseThrow(
            () -> Caller.forbidden("Nobody is logged in to this session.", "Log in over SSH."))
        .caller();
  }
}
