package io.aerie.shell.completion;

import io.aerie.config.ConfigStore;
import io.aerie.config.Document;
import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Paths of documents. */
@Service
public final class ConfigPathCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(ConfigStore.class).stream()
        .flatMap(store -> store.listLocal("").stream())
        .map(Document::path);
  }
}
