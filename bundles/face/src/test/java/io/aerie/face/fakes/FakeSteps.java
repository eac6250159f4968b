package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What was asked of several fakes, in order; one step may fail, before or after it was done. */
public final class FakeSteps {
  private final List<String> done = new ArrayList<>();
  private String failing = "";
  private boolean afterwards;

  /** What was done. */
  public List<String> done() {
    return done;
  }

  /**
   * The next such step fails, once.
   *
   * @param done whether it is done nevertheless: only its answer is lost
   */
  public void fail(String step, boolean done) {
    failing = step;
    afterwards = done;
  }

  /** Does a step, or fails. */
  public <T> T take(String step, Supplier<T> effect) {
    boolean fails = step.equals(failing);
    if (fails) {
      failing = "";
      if (!afterwards) {
        throw new AerieException(ErrorCode.INTERNAL, "failed before: " + step);
      }
    }
    done.add(step);
    T result = effect.get();
    if (fails) {
      throw new AerieException(ErrorCode.INTERNAL, "failed after: " + step);
    }
    return result;
  }
}
