package io.aerie.cluster.atomix.log;

import io.atomix.storage.journal.JournalSegment;
import io.atomix.storage.journal.SegmentedJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;

/**
 * What the entries of a journal take. Atomix tells the length of its segments' files, and makes
 * each as long as a segment may become, without giving it blocks. A segment's writer stands where
 * its last entry ends; nobody else moves that channel.
 */
final class JournalBytes {
  private final SegmentedJournal<?> journal;
  private final Field writer;
  private final Field channel;

  JournalBytes(SegmentedJournal<?> journal) throws ReflectiveOperationException {
    this.journal = journal;
    writer = JournalSegment.class.getDeclaredField("writer");
    writer.setAccessible(true);
    channel = writer.getType().getDeclaredField("channel");
    channel.setAccessible(true);
  }

  long sum() {
    long sum = 0;
    for (JournalSegment<?> segment : journal.segments()) {
      sum += of(segment);
    }
    return sum;
  }

  /** None of one that was dropped meanwhile. */
  private long of(JournalSegment<?> segment) {
    try {
      return ((FileChannel) channel.get(writer.get(segment))).position();
    } catch (ClosedChannelException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the writer's channel was made accessible before", e);
    }
  }
}
