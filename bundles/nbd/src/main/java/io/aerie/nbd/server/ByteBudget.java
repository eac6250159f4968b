package io.aerie.nbd.server;

import io.aerie.base.Checks;
import java.util.concurrent.atomic.AtomicLong;

/** A bound on bytes that many connections draw from without waiting for each other. */
final class ByteBudget {
  private final long bytesMax;
  private final AtomicLong usedBytes = new AtomicLong();

  ByteBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes bytes if they are there, or regardless when the taker has nothing else at work. */
  boolean take(long bytes, boolean regardless) {
    long used = usedBytes.addAndGet(bytes);
    if (used <= bytesMax || regardless) {
      return true;
    }
    give(bytes);
    return false;
  }

  void give(long bytes) {
    long used = usedBytes.addAndGet(-bytes);
    Checks.check(used >= 0, "gave back more than was taken: %d", used);
  }

  long usedBytes() {
    return usedBytes.get();
  }
}
