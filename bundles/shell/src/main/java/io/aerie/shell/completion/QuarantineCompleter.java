package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.QuarantineView;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Numbers of volumes in quarantine. */
@Service
public final class QuarantineCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> storage.quarantine().stream())
        .map(QuarantineView::id);
  }
}
