package io.aerie.shell.completion;

import io.aerie.config.ConfigStore;
import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Versions of which there are upgrade packages. */
@Service
public final class UpgradeVersionCompleter extends LiveCompleter {
  private static final String PACKAGES = "upgrade/packages";

  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(ConfigStore.class).stream()
        .flatMap(store -> store.listLocal(PACKAGES).stream())
        .map(document -> document.path().substring(PACKAGES.length() + 1));
  }
}
