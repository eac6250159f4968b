package io.aerie.nbd;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.config.Document;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The administrator's wish for NBD, the document {@code exports/nbd}: {@code {"enabled":true}}.
 * Nobody creates it by himself: when it is not there, or can't be read, NBD is enabled.
 */
final class ExportWish implements AutoCloseable {
  static final String PATH = "exports/nbd";

  private static final Logger LOG = LoggerFactory.getLogger(ExportWish.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final String ENABLED = "enabled";

  private final ConfigStore store;
  private final Consumer<Boolean> listener;
  private final Subscription watch;

  /**
   * Tells the listener the wish as it is, then each change.
   *
   * @param listener called by the caller's and the store's threads; short
   */
  ExportWish(ConfigStore store, Consumer<Boolean> listener) {
    this.store = store;
    this.listener = listener;
    long revision = store.localRevision();
    tell(store.listLocal(PATH));
    this.watch = store.watch(PATH, revision, this::changed);
  }

  private void changed(ConfigEvent event) {
    if (event instanceof ConfigEvent.Written written) {
      if (written.document().path().equals(PATH)) {
        listener.accept(enabled(written.document().json()));
      }
    } else if (event instanceof ConfigEvent.Deleted deleted) {
      if (deleted.path().equals(PATH)) {
        listener.accept(true);
      }
    } else {
      tell(store.listLocal(PATH));
    }
  }

  private void tell(List<Document> documents) {
    listener.accept(
        documents.stream()
            .filter(document -> document.path().equals(PATH))
            .findFirst()
            .map(document -> enabled(document.json()))
            .orElse(true));
  }

  /** The field of the top level; anything else in the document is for later releases. */
  static boolean enabled(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      boolean enabled = true;
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean ours = parser.currentName().equals(ENABLED);
        JsonToken value = parser.nextToken();
        if (ours) {
          enabled = value == JsonToken.VALUE_TRUE;
          if (!value.isBoolean()) {
            throw new IOException("'enabled' is neither true nor false");
          }
        }
        parser.skipChildren();
      }
      return enabled;
    } catch (IOException e) {
      LOG.warn("{} can't be read, NBD stays enabled: {}", PATH, e.getMessage());
      return true;
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
