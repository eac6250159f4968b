package io.aerie.upgrade.apply;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.upgrade.apply.exchange.Patience;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether this bundle's work goes on, for what takes long and must not be hurried by its end. */
final class Going {
  private static final long MOMENT_MS = 500;

  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile Thread own;

  /** The thread that does the work. */
  void ranBy(Thread thread) {
    own = thread;
  }

  /** Whether the caller is that thread. */
  boolean isOwnThread() {
    return Thread.currentThread() == own;
  }

  /** The work ends at the next look. */
  void end() {
    ending.countDown();
  }

  boolean isEnding() {
    return ending.getCount() == 0;
  }

  void requireGoingOn() {
    if (isEnding()) {
      throw new AerieException(ErrorCode.UNAVAILABLE, "This node's upgrades are being stopped");
    }
  }

  /** A verification's time begins. */
  Patience patience(Duration limit) {
    long endNs = System.nanoTime() + limit.toNanos();
    return new Patience() {
      @Override
      public boolean again() {
        try {
          if (ending.await(MOMENT_MS, TimeUnit.MILLISECONDS)) {
            requireGoingOn();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AerieException(ErrorCode.UNAVAILABLE, "This node is stopping", "", "", e);
        }
        return System.nanoTime() - endNs < 0;
      }

      @Override
      public void requireGoingOn() {
        Going.this.requireGoingOn();
      }
    };
  }
}
