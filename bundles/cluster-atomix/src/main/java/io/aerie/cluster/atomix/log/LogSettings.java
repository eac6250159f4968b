package io.aerie.cluster.atomix.log;

import java.time.Duration;

/**
 * What may be another for tests: when replicas do what they do, and how large files get.
 *
 * @param election a frozen or dead leader is replaced after one to two of these
 * @param heartbeat between two of a leader that has nothing to send
 * @param snapshotEveryCommands commands between two snapshots of the state, which only shorten
 *     restarts
 * @param segmentBytes of one file of the log: Atomix drops whole files only, and none before there
 *     are two. Files are sparse. Less than a fifth of 2 GiB, for Atomix multiplies it by five in 32
 *     bits
 */
public record LogSettings(
    Duration election, Duration heartbeat, int snapshotEveryCommands, int segmentBytes) {
  /** The product's. */
  public static final LogSettings USUAL =
      new LogSettings(Duration.ofMillis(750), Duration.ofMillis(150), 10_000, 256 << 20);
}
