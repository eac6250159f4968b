package io.aerie.cluster.ratis;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.util.AwaitForSignal;

/**
 * A signal that is kept until somebody waits for it; any number of them count as one. Ratis 3.3.0
 * forgets one that comes while its appender is at work: what it told of then waited for the next
 * heartbeat.
 */
final class KeptSignal extends AwaitForSignal {
  private final Semaphore kept = new Semaphore(0);

  KeptSignal(Object name) {
    super(name);
  }

  @Override
  public void await() throws InterruptedException {
    kept.acquire();
    kept.drainPermits();
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    if (time <= 0) {
      return false;
    }
    boolean signalled = kept.tryAcquire(time, unit);
    kept.drainPermits();
    return signalled;
  }

  @Override
  public void signal() {
    if (kept.availablePermits() == 0) {
      kept.release();
    }
  }
}
