package io.aerie.config;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * ConfigDB in memory, for tests of its consumers, and the model that the real one is compared with:
 * written as plainly as possible.
 *
 * <p>Fault model: none but {@link #setAvailable}; every call is carried out at once in the caller's
 * thread, watches included. History is unbounded, so a watch resynchronises only from a revision
 * that there isn't yet. Paths and JSON are not validated.
 */
public final class MemoryConfigStore implements ConfigStore {
  private final TreeMap<String, Document> documents = new TreeMap<>();
  private final List<ConfigEvent> history = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private long revision;
  private boolean available = true;

  private record Watcher(String prefix, Consumer<List<ConfigEvent>> consumer) {
    void tell(List<ConfigEvent> events) {
      List<ConfigEvent> below =
          events.stream().filter(event -> below(prefix, path(event))).toList();
      if (!below.isEmpty()) {
        consumer.accept(below);
      }
    }
  }

  /** While false, everything that needs other nodes fails with UNAVAILABLE. */
  public synchronized void setAvailable(boolean available) {
    this.available = available;
  }

  @Override
  public synchronized CompletableFuture<Optional<Document>> get(String path) {
    return available
        ? CompletableFuture.completedFuture(Optional.ofNullable(documents.get(path)))
        : unavailable();
  }

  @Override
  public synchronized CompletableFuture<List<Document>> list(String prefix) {
    return available ? CompletableFuture.completedFuture(listLocal(prefix)) : unavailable();
  }

  @Override
  public synchronized List<Document> listLocal(String prefix) {
    return documents.values().stream().filter(document -> below(prefix, document.path())).toList();
  }

  @Override
  public synchronized CompletableFuture<Long> commit(ConfigTransaction transaction) {
    if (!available) {
      return unavailable();
    }
    for (ConfigTransaction.Condition condition : transaction.conditions()) {
      Document document = documents.get(condition.path());
      if ((document == null ? 0 : document.revision()) != condition.revision()) {
        return CompletableFuture.failedFuture(
            new AerieException(
                ErrorCode.PRECONDITION_FAILED, "'" + condition.path() + "' was changed"));
      }
    }
    revision++;
    List<ConfigEvent> events = new ArrayList<>();
    for (ConfigTransaction.Change change : transaction.changes()) {
      apply(change, events);
    }
    history.addAll(events);
    List.copyOf(watchers).forEach(watcher -> watcher.tell(events));
    return CompletableFuture.completedFuture(revision);
  }

  private void apply(ConfigTransaction.Change change, List<ConfigEvent> events) {
    if (change instanceof ConfigTransaction.Change.Put put) {
      Document former = documents.get(put.path());
      long created = former == null ? revision : former.createRevision();
      Document document = new Document(put.path(), put.type(), put.json(), created, revision);
      documents.put(put.path(), document);
      events.add(new ConfigEvent.Written(document));
    } else if (documents.remove(change.path()) != null) {
      events.add(new ConfigEvent.Deleted(change.path(), revision));
    }
  }

  @Override
  public synchronized long localRevision() {
    return revision;
  }

  @Override
  public synchronized Subscription watchRevisions(
      String prefix, long afterRevision, Consumer<List<ConfigEvent>> consumer) {
    Watcher watcher = new Watcher(prefix, consumer);
    if (afterRevision > revision) {
      consumer.accept(List.of(new ConfigEvent.Resynchronise(revision)));
    }
    history.stream()
        .filter(event -> event.revision() > afterRevision)
        .collect(Collectors.groupingBy(ConfigEvent::revision, TreeMap::new, Collectors.toList()))
        .values()
        .forEach(watcher::tell);
    watchers.add(watcher);
    return () -> remove(watcher);
  }

  private synchronized void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  /** All documents, for comparisons. */
  public synchronized Map<String, Document> documents() {
    return new TreeMap<>(documents);
  }

  private static boolean below(String prefix, String path) {
    return prefix.isEmpty() || path.equals(prefix) || path.startsWith(prefix + "/");
  }

  private static String path(ConfigEvent event) {
    if (event instanceof ConfigEvent.Written written) {
      return written.document().path();
    }
    return event instanceof ConfigEvent.Deleted deleted ? deleted.path() : "";
  }

  private static <T> CompletableFuture<T> unavailable() {
    return CompletableFuture.failedFuture(
        new AerieException(ErrorCode.UNAVAILABLE, "ConfigDB is switched off by the test"));
  }
}
