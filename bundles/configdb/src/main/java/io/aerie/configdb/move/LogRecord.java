package io.aerie.configdb.move;

import io.aerie.configdb.state.LogName;
import java.util.Optional;

/**
 * Which log carries ConfigDB on this node.
 *
 * @param generation 1 where ConfigDB was founded, one more with each move; the higher one is right
 * @param log that carries ConfigDB
 * @param prepared data of a log that ConfigDB may move to, or was to
 * @param former the log before, while its data is kept
 */
public record LogRecord(
    long generation, LogName log, Optional<LogName> prepared, Optional<LogName> former) {
  /** The log's name where it never moved. */
  public static final String FIRST_NAME = "config";

  /** Of a node whose ConfigDB never moved. */
  public static LogRecord first(String provider) {
    return new LogRecord(1, new LogName(provider, FIRST_NAME), Optional.empty(), Optional.empty());
  }

  /** Whether the log is one that ConfigDB moved to. */
  public boolean isMoved() {
    return generation > 1;
  }

  LogRecord withPrepared(Optional<LogName> name) {
    return new LogRecord(generation, log, name, former);
  }

  LogRecord withoutFormer() {
    return new LogRecord(generation, log, prepared, Optional.empty());
  }

  /** After a move. What was prepared for another stays recorded until its data is removed. */
  LogRecord movedTo(long newGeneration, LogName next) {
    return new LogRecord(
        newGeneration, next, prepared.filter(name -> !name.equals(next)), Optional.of(log));
  }
}
