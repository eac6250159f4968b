package io.aerie.engine.disk;

import io.aerie.engine.store.StreamKey;

/** Which streams are deleted: all from one to another, in the order of their keys. */
record Deletion(StreamKey first, StreamKey last) {
  /** All of a volume. */
  static Deletion of(long volume) {
    return new Deletion(
        new StreamKey(volume, Long.MIN_VALUE), new StreamKey(volume, Long.MAX_VALUE));
  }

  /** One. */
  static Deletion of(StreamKey stream) {
    return new Deletion(stream, stream);
  }

  boolean single() {
    return first.equals(last);
  }

  boolean covers(StreamKey stream) {
    return first.compareTo(stream) <= 0 && stream.compareTo(last) <= 0;
  }
}
