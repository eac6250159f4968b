package io.aerie.engine.node;

/** The protocol's times, in nanoseconds. */
public final class Timing {
  private static final long MILLISECOND = 1_000_000L;

  /** From beat to beat. */
  public static final long BEAT = 400 * MILLISECOND;

  /** A lease, without the allowance for clocks. */
  public static final long LEASE = 2_000 * MILLISECOND;

  /** What an owner may count on: clocks differ by at most 1 %. */
  public static final long LEASE_OF_OWNER = LEASE / 100 * 99;

  /** What RCD's driver waits for. */
  public static final long LEASE_OF_VOTER = LEASE / 100 * 101;

  /** A node that was not heard for so long is suspected. */
  public static final long SILENCE = 1_000 * MILLISECOND;

  /** How often the driver looks. */
  public static final long WATCH = 100 * MILLISECOND;

  /** A disk is waited for so long, unless told otherwise; then others take its place. */
  public static final long ABSENCE = 600_000 * MILLISECOND;

  /** How often it is looked for such disks. */
  public static final long ABSENCE_WATCH = 1_000 * MILLISECOND;

  /** How often RCD's leader looks whether pools are balanced. */
  public static final long BALANCE_WATCH = 5_000 * MILLISECOND;

  /** A pool is rebalanced when its disks have differed, and stayed the same, for so long. */
  public static final long BALANCE_PATIENCE = 60_000 * MILLISECOND;

  /**
   * A frozen group waits so long, while nothing moves, for a member that is away and complete: one
   * that comes back sooner needs no comparison. A node's restart takes about as long.
   */
  public static final long ALONE = 10_000 * MILLISECOND;

  /** How often it is looked for such groups. */
  public static final long ALONE_WATCH = 1_000 * MILLISECOND;

  /** A member's answer is waited for so long. */
  public static final long ANSWER = 500 * MILLISECOND;

  /** Pause before a settle or a base is tried again. */
  public static final long RETRY = 100 * MILLISECOND;

  /** After the last acknowledgement members learn no later than this that it is settled. */
  public static final long IDLE_WATERMARK = 500 * MILLISECOND;

  /** A disk to which nothing was written for so long, twice that at most, puts its log in place. */
  public static final long REST = 3_000 * MILLISECOND;

  /** A client sends again after so long. */
  public static final long CLIENT_RESEND = 1_000 * MILLISECOND;

  /** A client tries again so soon after a refusal. */
  public static final long CLIENT_RETRY = 20 * MILLISECOND;

  /** The same of what the volume's limits hold back: the owner said that it has it. */
  public static final long CLIENT_RESEND_HELD = 5_000 * MILLISECOND;

  /** A client's operation may take so long; what limits hold back, since the owner said so. */
  public static final long CLIENT_PATIENCE = 30_000 * MILLISECOND;

  /** What limits hold back is looked at no sooner: then all may go that could meanwhile. */
  public static final long FILL_REPORT = 5_000 * MILLISECOND;

  public static final long THROTTLE = MILLISECOND;

  /** A member's reading of a whole block is waited for so long. */
  public static final long SCRUB_ANSWER = 2_000 * MILLISECOND;

  /** A block that could not be repaired is not looked at again for a read before. */
  public static final long HOPELESS = 60_000 * MILLISECOND;

  /** How often an owner looks whether something is to be scrubbed, or can be by now. */
  public static final long SCRUB_LOOK = 1_000 * MILLISECOND;

  /** Rest after each block that was scrubbed. */
  public static final long SCRUB_REST = 20 * MILLISECOND;

  /** The rest is so many times what the block took, where that is longer: clients go before. */
  public static final long SCRUB_RESTS = 4;

  /** How often an owner tells how far its scrub has come. */
  public static final long SCRUB_REPORT = 30_000 * MILLISECOND;

  /** How often RCD's leader looks whether everything is to be scrubbed. */
  public static final long SCRUB_WATCH = 60_000 * MILLISECOND;

  /** From one scrub of everything to the next. */
  public static final long SCRUB_PERIOD = 14 * 86_400_000 * MILLISECOND;

  /** The first comes when one node has led RCD for so long. */
  public static final long SCRUB_FIRST = 86_400_000 * MILLISECOND;

  private Timing() {}
}
