package io.aerie.rest.resources;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets one request at a time hand in a file: each takes memory, or room on the disk. */
final class OneFile {
  private final Semaphore turn = new Semaphore(1);
  private final String problem;
  private final String why;
  private final String remedy;

  /**
   * The texts of the refusal.
   *
   * @param problem that a file is being taken
   * @param why why it is one at a time
   * @param remedy what to do
   */
  OneFile(String problem, String why, String remedy) {
    this.problem = problem;
    this.why = why;
    this.remedy = remedy;
  }

  /**
   * Does the task while no other one goes on here.
   *
   * @throws AerieException LIMIT_REACHED at once when one does
   */
  <T> T take(Supplier<T> task) {
    if (!turn.tryAcquire()) {
      throw new AerieException(ErrorCode.LIMIT_REACHED, problem, why, remedy);
    }
    try {
      return task.get();
    } finally {
      turn.release();
    }
  }
}
