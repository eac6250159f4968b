package io.aerie.sim.scenario;

import io.aerie.engine.store.UnitContent;
import java.nio.ByteBuffer;

/** A question what units read as, and its answer: a letter for each of them. */
final class Units {
  private final Operation operation;
  private String letters;

  Units(Scenario scenario, String what) {
    operation = new Operation(scenario, what);
  }

  void end(ByteBuffer units, Throwable failure) {
    if (failure == null) {
      StringBuilder text = new StringBuilder();
      for (int at = units.position(); at < units.limit(); at++) {
        text.append(letter(UnitContent.of(units.get(at))));
      }
      letters = text.toString();
    }
    operation.end(0, failure);
  }

  private static char letter(UnitContent content) {
    return switch (content) {
      case ZERO -> '0';
      case DATA -> 'D';
      case SAME -> '=';
    };
  }

  boolean over() {
    return operation.over();
  }

  Throwable awaitFailure() {
    return operation.awaitFailure();
  }

  /** Waits for the answer: 0 reads as zero, D may have data, = is as in the other snapshot. */
  String await() {
    operation.await();
    return letters;
  }
}
