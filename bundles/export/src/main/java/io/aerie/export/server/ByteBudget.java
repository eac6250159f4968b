package io.aerie.export.server;

import io.aerie.base.Checks;
import java.util.concurrent.atomic.AtomicLong;

/** A bound on bytes that many connections draw from without waiting for each other. */
public final class ByteBudget {
  private final long bytesMax;
  private final AtomicLong usedBytes = new AtomicLong();

  public ByteBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes bytes if they are there, or regardless when the taker has nothing else at work. */
  public boolean take(long bytes, boolean regardless) {
    long used = usedBytes.addAndGet(bytes);
    if (used <= bytesMax || regardless) {
      return true;
    }
    give(bytes);
    return false;
  }

  public void give(long bytes) {
    long used = usedBytes.addAndGet(-bytes);
    Checks.check(used >= 0, "gave back more than was taken: %d", used);
  }

  /** Bytes taken now. */
  public long usedBytes() {
    return usedBytes.get();
  }
}
