package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Names of iSCSI targets and of volumes. */
@Service
public final class TargetOrVolumeCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Stream.concat(
        new TargetCompleter().words(subsystems), new VolumeCompleter().words(subsystems));
  }
}
