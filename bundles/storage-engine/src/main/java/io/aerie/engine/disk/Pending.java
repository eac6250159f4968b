package io.aerie.engine.disk;

import io.aerie.engine.store.Base;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.StreamKey;

/** A call that waits for the log, in the order of calls. */
sealed interface Pending {
  Completion<Void> done();

  /** What it takes in the log. */
  int recordBytes();

  /** Puts what it logs into a batch. */
  void addTo(LogBatch batch);

  /** Whether it goes before entries: it lets go of what is in doubt. */
  boolean goesFirst();

  /** An entry; what it needs on the disk is reserved. {@code direct} is null without a place. */
  record Append(Entry entry, DirectData direct, int recordBytes, Completion<Void> done)
      implements Pending {
    @Override
    public void addTo(LogBatch batch) {
      if (direct == null) {
        batch.add(entry);
      } else {
        batch.add(DirectData.withoutData(entry), direct, false);
      }
    }

    /** The entry as it is from its commit on. */
    Stream.Doubt doubt(long batchLsn) {
      Entry kept = direct == null ? entry : DirectData.withoutData(entry);
      return new Stream.Doubt(kept, direct, recordBytes, batchLsn);
    }

    /** Bytes that go to the slot with the record. */
    int directBytes() {
      return direct == null ? 0 : direct.bytes();
    }

    @Override
    public boolean goesFirst() {
      return false;
    }
  }

  /** With the bytes that it takes. */
  static Append append(Entry entry, DirectData direct, Completion<Void> done) {
    int payloadBytes =
        direct == null
            ? LogPayload.entryBytes(entry)
            : direct.payloadBytes(DirectData.withoutData(entry));
    return new Append(entry, direct, LogFormat.recordBytes(payloadBytes), done);
  }

  /** A base; {@code newStream} when a table entry is reserved for it. */
  record Begin(Base base, boolean newStream, Completion<Void> done) implements Pending {
    @Override
    public int recordBytes() {
      return LogFormat.recordBytes(LogPayload.BASE_BYTES);
    }

    @Override
    public void addTo(LogBatch batch) {
      batch.add(base);
    }

    @Override
    public boolean goesFirst() {
      return true;
    }
  }

  /** The end of streams. */
  record Delete(Deletion what, Completion<Void> done) implements Pending {
    @Override
    public int recordBytes() {
      return LogFormat.recordBytes(LogPayload.deletionBytes(what));
    }

    @Override
    public void addTo(LogBatch batch) {
      batch.add(what);
    }

    @Override
    public boolean goesFirst() {
      return true;
    }
  }

  /** Nothing to log but what was called before. */
  record Flush(Completion<Void> done) implements Pending {
    @Override
    public int recordBytes() {
      return 0;
    }

    @Override
    public void addTo(LogBatch batch) {}

    @Override
    public boolean goesFirst() {
      return false;
    }
  }

  /** Whether it writes the given stream's history. */
  default boolean concerns(StreamKey stream) {
    return (this instanceof Append append && append.entry.stream().equals(stream))
        || (this instanceof Begin begin && begin.base.stream().equals(stream));
  }

  /** Whether it writes any history of streams that are to be deleted. */
  default boolean concerns(Deletion deletion) {
    return (this instanceof Append append && deletion.covers(append.entry.stream()))
        || (this instanceof Begin begin && deletion.covers(begin.base.stream()));
  }
}
