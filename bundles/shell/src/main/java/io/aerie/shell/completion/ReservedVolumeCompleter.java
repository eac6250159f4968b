package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.ReservationView;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Names of volumes that somebody has reserved or is registered with. */
@Service
public final class ReservedVolumeCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> storage.reservations().stream())
        .map(ReservationView::name);
  }
}
