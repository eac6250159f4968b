package io.aerie.export;

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
 * The administrator's wish for an export, one document: {@code {"enabled":true}}. Nobody creates it
 * by himself: when it is not there, or can't be read, the export is enabled.
 */
public final class ExportWish implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExportWish.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final String ENABLED = "enabled";

  private final ConfigStore store;
  private final String path;
  private final Consumer<Boolean> listener;
  private final Subscription watch;

  /**
   * Tells the listener the wish as it is, then each change.
   *
   * @param path the document
   * @param listener called by the caller's and the store's threads; short
   */
  public ExportWish(ConfigStore store, String path, Consumer<Boolean> listener) {
    this.store = store;
    this.path = path;
    this.listener = listener;
    long revision = store.localRevision();
    tell(store.listLocal(path));
    this.watch = store.watch(path, revision, this::changed);
  }

  private void changed(ConfigEvent event) {
    if (event instanceof ConfigEvent.Written written) {
      if (written.document().path().equals(path)) {
        listener.accept(enabled(written.document().json()));
      }
    } else if (event instanceof ConfigEvent.Deleted deleted) {
      if (deleted.path().equals(path)) {
        listener.accept(true);
      }
    } else {
      tell(store.listLocal(path));
    }
  }

  private void tell(List<Document> documents) {
    listener.accept(
        documents.stream()
            .filter(document -> document.path().equals(path))
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
      LOG.warn("The switch of an export can't be read, it stays enabled: {}", e.getMessage());
      return true;
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
