package io.aerie.event;

/**
 * What one wants to know of.
 *
 * @param kind of objects: {@code volumes}
 * @param object the id or name of one, there or not; of documents also a path above; empty for the
 *     whole kind
 */
public record EventSubject(String kind, String object) {
  /** Reads {@code volumes} or {@code volumes/ID}. */
  public static EventSubject parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new EventSubject(text, "")
        : new EventSubject(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return object.isEmpty() ? kind : kind + "/" + object;
  }
}
