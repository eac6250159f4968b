package io.aerie.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** A client's operation that has begun. */
final class Operation {
  private final Scenario scenario;
  private final String what;
  private boolean over;
  private long value;
  private Throwable failure;

  Operation(Scenario scenario, String what) {
    this.scenario = scenario;
    this.what = what;
  }

  void end(long with, Throwable failed) {
    assertThat(over).as("%s is answered once", what).isFalse();
    over = true;
    value = with;
    failure = failed;
  }

  /** Whether it has ended, well or not. */
  boolean over() {
    return over;
  }

  /** Whether it was answered as done. */
  boolean done() {
    return over && failure == null;
  }

  /** Waits until it has failed, and says how. */
  Throwable awaitFailure() {
    scenario.until(what, () -> over);
    assertThat(failure).as(what).isNotNull();
    return failure;
  }

  /** Waits until it is done; what was read or written, Long.MIN_VALUE for a torn page. */
  long await() {
    scenario.until(what, () -> over);
    assertThat(failure).as(what).isNull();
    return value;
  }

  /** Waits until it has ended, well or not. */
  Operation awaitEnd() {
    scenario.until(what, () -> over);
    return this;
  }
}
