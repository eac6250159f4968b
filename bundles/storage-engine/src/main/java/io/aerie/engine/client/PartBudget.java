package io.aerie.engine.client;

/**
 * What the parts of all clients of this node take of its memory: copies of what is written, and
 * what is read. Sessions that have some open share it evenly. Who took more while he was alone
 * keeps it until it is answered, so that a volume that answers slowly, or not at all, holds up no
 * other: with n sessions it is at most the bound times (1 + 1/2 + ... + 1/n), and a part of each.
 */
final class PartBudget {
  /** Several times what owners have unsettled on all members of a write at once (Credits). */
  static final long BYTES_MAX = 16L << 20;

  private int sessions;

  /** What one session may take now. */
  long shareBytes() {
    return BYTES_MAX / Math.max(1, sessions);
  }

  /** A session has some open now. */
  void enter() {
    sessions++;
  }

  /** It has none any more. */
  void leave() {
    sessions--;
  }
}
