package io.aerie.config;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** ConfigDB as consumers use it. Registered as a service when this node's replica is up to date. */
public interface ConfigStore {
  /** The document at a path, as of now (linearizable). */
  CompletableFuture<Optional<Document>> get(String path);

  /**
   * All documents at or below a prefix of whole segments, by path, as of now; the empty prefix
   * stands for all.
   */
  CompletableFuture<List<Document>> list(String prefix);

  /** The same from this node's replica, maybe a little behind, without waiting for others. */
  List<Document> listLocal(String prefix);

  /** This replica's document at a path, maybe a little behind, without waiting for others. */
  default Optional<Document> getLocal(String path) {
    return listLocal(path).stream().filter(document -> document.path().equals(path)).findFirst();
  }

  /**
   * Commits a transaction and answers the new revision. Fails with {@link
   * io.aerie.base.AerieException} PRECONDITION_FAILED when a condition does not hold (nothing was
   * changed), INVALID_VALUE for bad paths or JSON, SCHEMA_VIOLATION for documents that don't match
   * the schema of their type, TOO_LARGE for a document, a transaction or a database beyond its
   * limit.
   */
  CompletableFuture<Long> commit(ConfigTransaction transaction);

  /**
   * Fails as {@link #commit} would as things are now, changes nothing, and answers the revision
   * that it was judged by. This default judges conditions only.
   */
  default CompletableFuture<Long> check(ConfigTransaction transaction) {
    CompletableFuture<Long> judged = CompletableFuture.completedFuture(null);
    for (ConfigTransaction.Condition condition : transaction.conditions()) {
      judged =
          judged
              .thenCompose(before -> get(condition.path()))
              .thenApply(document -> judge(condition, document.map(Document::revision).orElse(0L)));
    }
    return judged.thenApply(done -> localRevision());
  }

  private static Long judge(ConfigTransaction.Condition condition, long actual) {
    if (actual != condition.revision()) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED, "'" + condition.path() + "' is not as expected");
    }
    return actual;
  }

  /** The last revision this replica has applied. */
  long localRevision();

  /**
   * Calls the consumer with every change at or below the prefix whose revision is greater than
   * {@code afterRevision}, in order, each once. History is bounded: when it no longer reaches back
   * that far, one {@link ConfigEvent.Resynchronise} comes first and the consumer lists anew. So it
   * does when ConfigDB has not come to that revision, as one that was founded anew.
   */
  default Subscription watch(String prefix, long afterRevision, Consumer<ConfigEvent> consumer) {
    return watchRevisions(prefix, afterRevision, events -> events.forEach(consumer));
  }

  /**
   * The same, with all that happened to these paths at one revision in one call: after it the
   * consumer knows all up to that revision, and may watch on from there later.
   */
  Subscription watchRevisions(
      String prefix, long afterRevision, Consumer<List<ConfigEvent>> consumer);

  /** What a watch reports. */
  sealed interface ConfigEvent {
    /**
     * When it happened. All changes of a transaction have the same: who had only some of them, and
     * watches on from there, misses the others.
     */
    long revision();

    /** A document was written. */
    record Written(Document document) implements ConfigEvent {
      @Override
      public long revision() {
        return document.revision();
      }
    }

    /** A document was removed. */
    record Deleted(String path, long revision) implements ConfigEvent {}

    /** Changes were missed: list again, as of this revision or later. */
    record Resynchronise(long revision) implements ConfigEvent {}
  }
}
