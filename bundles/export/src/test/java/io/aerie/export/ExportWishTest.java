package io.aerie.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Goal: the wish is followed from the first look on, and its absence or damage means enabled. */
final class ExportWishTest {
  private static final String PATH = "exports/nbd";

  /** One document, changed by the test; commits are not offered. */
  private static final class OneDocument implements ConfigStore {
    private List<Document> documents = List.of();
    private Consumer<List<ConfigEvent>> watcher;

    private static Document document(String json) {
      return new Document(PATH, "export", json, 1, 2);
    }

    @Override
    public CompletableFuture<Optional<Document>> get(String path) {
      return CompletableFuture.completedFuture(documents.stream().findFirst());
    }

    @Override
    public CompletableFuture<List<Document>> list(String prefix) {
      return CompletableFuture.completedFuture(documents);
    }

    @Override
    public List<Document> listLocal(String prefix) {
      return documents;
    }

    @Override
    public CompletableFuture<Long> commit(ConfigTransaction transaction) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public long localRevision() {
      return 1;
    }

    @Override
    public Subscription watchRevisions(
        String prefix, long after, Consumer<List<ConfigEvent>> consumer) {
      watcher = consumer;
      return () -> watcher = null;
    }
  }

  @Test
  void shouldFollowTheDocument() {
    OneDocument store = new OneDocument();
    List<Boolean> told = new ArrayList<>();
    ExportWish wish = new ExportWish(store, PATH, told::add);
    store.watcher.accept(
        List.of(new ConfigStore.ConfigEvent.Written(OneDocument.document("{\"enabled\":false}"))));
    store.watcher.accept(List.of(new ConfigStore.ConfigEvent.Deleted(PATH, 3)));
    store.documents = List.of(OneDocument.document("{\"enabled\":false}"));
    store.watcher.accept(List.of(new ConfigStore.ConfigEvent.Resynchronise(4)));
    assertThat(told).containsExactly(true, false, true, false);
    wish.close();
    assertThat(store.watcher).isNull();
  }

  @Test
  void shouldReadTheFieldAndNothingElse() {
    assertThat(ExportWish.enabled("{\"enabled\":true}")).isTrue();
    assertThat(ExportWish.enabled("{\"other\":{\"enabled\":true},\"enabled\":false}")).isFalse();
    assertThat(ExportWish.enabled("{}")).isTrue();
    assertThat(ExportWish.enabled("{\"enabled\":\"no\"}")).isTrue();
    assertThat(ExportWish.enabled("not json")).isTrue();
  }
}
