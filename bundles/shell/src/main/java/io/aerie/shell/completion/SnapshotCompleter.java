package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;

/** Names of snapshots: of the volumes that the line names, else of all. */
@Service
public final class SnapshotCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems, CommandLine line) {
    return words(subsystems, new TreeSet<>(Arrays.asList(line.getArguments())));
  }

  private static Stream<String> words(Subsystems subsystems, Set<String> said) {
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> named(storage, said))
        .map(SnapshotView::name);
  }

  @Override
  Stream<String> words(Subsystems subsystems) {
    return words(subsystems, Set.of());
  }

  private static Stream<SnapshotView> named(StorageAdministration storage, Set<String> said) {
    Set<String> volumes = new TreeSet<>();
    storage.volumes().stream()
        .filter(volume -> said.contains(volume.name()) || said.contains(volume.id()))
        .forEach(volume -> volumes.add(volume.name()));
    return storage.snapshots().stream()
        .filter(snapshot -> volumes.isEmpty() || volumes.contains(snapshot.volume()));
  }
}
