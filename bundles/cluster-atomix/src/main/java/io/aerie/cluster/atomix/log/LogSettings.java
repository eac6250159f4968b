package io.aerie.cluster.atomix.log;

import java.time.Duration;

/**
 * When replicas do what they do from time to time.
 *
 * @param election a frozen or dead leader is replaced after one to two of these
 * @param heartbeat between two of a leader that has nothing to send
 * @param snapshotEveryCommands commands between two snapshots of the state, which only shorten
 *     restarts
 */
public record LogTiming(Duration election, Duration heartbeat, int snapshotEveryCommands) {
  /** The product's. */
  public static final LogTiming USUAL =
      new LogTiming(Duration.ofMillis(750), Duration.ofMillis(150), 10_000);
}
