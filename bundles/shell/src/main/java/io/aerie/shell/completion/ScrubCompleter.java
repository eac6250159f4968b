package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.ScrubView;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Ids of scrubs that are not over. */
@Service
public final class ScrubCompleter extends LiveCompleter {
  private static final Set<String> OPEN = Set.of("running", "paused");

  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> storage.scrubs().stream())
        .filter(scrub -> OPEN.contains(scrub.state()))
        .map(ScrubView::id);
  }
}
