package io.aerie.engine.disk;

import io.aerie.engine.store.Base;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.StreamKey;

/** A call that waits for the log, in the order of calls. */
sealed interface Pending {
  Completion<Void> done();

  /** An entry; what it needs on the disk is reserved. */
  record Append(Entry entry, int recordBytes, Completion<Void> done) implements Pending {}

  /** A base; {@code newStream} when a table entry is reserved for it. */
  record Begin(Base base, boolean newStream, Completion<Void> done) implements Pending {}

  /** The end of a volume. */
  record Delete(long volume, Completion<Void> done) implements Pending {}

  /** Nothing to log but what was called before. */
  record Flush(Completion<Void> done) implements Pending {}

  /** Whether it writes the given stream's history. */
  default boolean concerns(StreamKey stream) {
    return (this instanceof Append append && append.entry.stream().equals(stream))
        || (this instanceof Begin begin && begin.base.stream().equals(stream));
  }

  /** Whether it writes any history of the given volume. */
  default boolean concernsVolume(long volume) {
    return (this instanceof Append append && append.entry.stream().volume() == volume)
        || (this instanceof Begin begin && begin.base.stream().volume() == volume);
  }
}
