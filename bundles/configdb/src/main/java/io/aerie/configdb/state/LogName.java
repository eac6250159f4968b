package io.aerie.configdb.state;

/**
 * A replicated log that ConfigDB lies in, or will.
 *
 * @param provider {@code atomix} or {@code ratis}
 * @param name of the log; a log that ConfigDB moved to has a name that no log had before
 */
public record LogName(String provider, String name) {
  /** {@code PROVIDER:NAME}. */
  @Override
  public String toString() {
    return provider + ":" + name;
  }

  /** Reads what {@link #toString} wrote; IllegalArgumentException when it is none. */
  public static LogName parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException("'" + text + "' names no log");
    }
    return new LogName(text.substring(0, colon), text.substring(colon + 1));
  }
}
