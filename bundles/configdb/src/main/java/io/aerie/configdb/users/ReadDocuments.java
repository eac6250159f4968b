package io.aerie.configdb.users;

import io.aerie.config.Document;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What documents mean, so that not each request of a client has to parse the same JSON again. An
 * entry is good for the very document that it was read from: callers look that up in the replica
 * each time, so whatever was changed, removed or restored counts at once. Decides nothing.
 *
 * @param <T> what a document is read as
 */
final class ReadDocuments<T> {
  /** The least recently used is dropped. */
  static final int ENTRIES_MAX = 1_000;

  private record Entry<T>(Document document, T value) {}

  private final Function<Document, T> reader;
  private final Map<String, Entry<T>> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry<T>> eldest) {
          return size() > ENTRIES_MAX;
        }
      };

  /**
   * @param reader a function of the document alone; what it throws is thrown each time
   */
  ReadDocuments(Function<Document, T> reader) {
    this.reader = reader;
  }

  /** The document's meaning. */
  @SuppressWarnings("ReferenceEquality")
  synchronized T of(Document document) {
    Entry<T> known = entries.get(document.path());
    // the object, not its revision: a restore may give another document the same one
    if (known != null && known.document() == document) {
      return known.value();
    }
    T value = reader.apply(document);
    entries.put(document.path(), new Entry<>(document, value));
    return value;
  }

  synchronized int size() {
    return entries.size();
  }
}
