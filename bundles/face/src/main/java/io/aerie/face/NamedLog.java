package io.aerie.face;

import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLog.LogStatus;
import java.util.Optional;

/**
 * A replica of a log that its subsystem registered as a service.
 *
 * @param name the service property {@link ReplicatedLog#NAME}
 * @param log the replica
 */
public record NamedLog(String name, ReplicatedLog log) {
  private static final String CONFIG = "config";

  /** Whether it is ConfigDB's, which can move. */
  public boolean isOfConfig() {
    return name.equals(CONFIG);
  }

  /** What somebody should do something about while it still serves. */
  public Optional<String> warning() {
    LogStatus status = log.status();
    return status.oversized()
        ? Optional.of(
            "The log '"
                + name
                + "' has "
                + (status.logBytes() >> 20)
                + " MiB on this node: what is in its state is not dropped from it. "
                + remedy(status.provider()))
        : Optional.empty();
  }

  private String remedy(String provider) {
    if (!isOfConfig()) {
      return "The node's log may tell why.";
    }
    String other = provider.equals("atomix") ? "ratis" : "atomix";
    return "aerie-config:log-move "
        + other
        + ", and back if it shall stay with "
        + provider
        + ", makes it anew.";
  }
}
