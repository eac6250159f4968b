package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Documents in memory; a watch tells those that are there. */
public final class FakeConfig implements ConfigStore {
  private final TreeMap<String, Document> documents = new TreeMap<>();
  private TreeMap<String, Document> local = documents;
  private Runnable beforeCommit = () -> {};
  private long revision;

  /** Does something once, when the next transaction comes, before it is judged. */
  public void beforeNextCommit(Runnable action) {
    beforeCommit = action;
  }

  /** From now on this node's replica stays behind: {@link #getLocal} tells what is there now. */
  public void stayBehind() {
    local = new TreeMap<>(documents);
  }

  @Override
  public Optional<Document> getLocal(String path) {
    return Optional.ofNullable(local.get(path));
  }

  @Override
  public CompletableFuture<Optional<Document>> get(String path) {
    return CompletableFuture.completedFuture(Optional.ofNullable(documents.get(path)));
  }

  @Override
  public CompletableFuture<List<Document>> list(String prefix) {
    return CompletableFuture.completedFuture(listLocal(prefix));
  }

  @Override
  public List<Document> listLocal(String prefix) {
    return documents.values().stream()
        .filter(
            document ->
                prefix.isEmpty()
                    || document.path().equals(prefix)
                    || document.path().startsWith(prefix + "/"))
        .toList();
  }

  @Override
  public CompletableFuture<Long> commit(ConfigTransaction transaction) {
    Runnable before = beforeCommit;
    beforeCommit = () -> {};
    before.run();
    for (Condition condition : transaction.conditions()) {
      Document document = documents.get(condition.path());
      if ((document == null ? 0 : document.revision()) != condition.revision()) {
        return CompletableFuture.failedFuture(
            new AerieException(ErrorCode.PRECONDITION_FAILED, "A condition does not hold"));
      }
    }
    revision++;
    for (Change change : transaction.changes()) {
      if (change instanceof Change.Put put) {
        Document former = documents.get(put.path());
        documents.put(
            put.path(),
            new Document(
                put.path(),
                put.type(),
                put.json(),
                former == null ? revision : former.createRevision(),
                revision));
      } else {
        documents.remove(change.path());
      }
    }
    return CompletableFuture.completedFuture(revision);
  }

  @Override
  public long localRevision() {
    return revision;
  }

  @Override
  public Subscription watchRevisions(
      String prefix, long afterRevision, Consumer<List<ConfigEvent>> consumer) {
    // no test of a face changes anything while it watches: what there is counts as changes
    listLocal(prefix).stream()
        .filter(document -> document.revision() > afterRevision)
        .<ConfigEvent>map(ConfigEvent.Written::new)
        .collect(Collectors.groupingBy(ConfigEvent::revision, TreeMap::new, Collectors.toList()))
        .values()
        .forEach(consumer);
    return () -> {};
  }
}
