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

  /** A disk that is away for so long is no longer waited for: others take its place. */
  public static final long ABSENCE = 600_000 * MILLISECOND;

  /** How often it is looked for such disks. */
  public static final long ABSENCE_WATCH = 1_000 * MILLISECOND;

  /** A member's answer is waited for so long. */
  public static final long ANSWER = 500 * MILLISECOND;

  /** Pause before a settle or a base is tried again. */
  public static final long RETRY = 100 * MILLISECOND;

  /** After the last acknowledgement members learn so late that it is settled. */
  public static final long IDLE_WATERMARK = 50 * MILLISECOND;

  /** A disk to which nothing was written for so long, twice that at most, puts its log in place. */
  public static final long REST = 3_000 * MILLISECOND;

  /** A client sends again after so long. */
  public static final long CLIENT_RESEND = 1_000 * MILLISECOND;

  /** A client tries again so soon after a refusal. */
  public static final long CLIENT_RETRY = 20 * MILLISECOND;

  /** A client's operation may take so long. */
  public static final long CLIENT_PATIENCE = 30_000 * MILLISECOND;

  private Timing() {}
}
