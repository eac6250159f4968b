package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.StorageAdministration;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Names of nodes. */
@Service
public final class NodeCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(StorageAdministration.class).stream()
        .flatMap(storage -> storage.nodes().stream())
        .map(node -> node.id().value());
  }
}
