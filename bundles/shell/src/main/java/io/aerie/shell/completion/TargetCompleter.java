package io.aerie.shell.completion;

import io.aerie.face.IscsiTargets;
import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Names of iSCSI targets. */
@Service
public final class TargetCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return IscsiTargets.namesNow(subsystems);
  }
}
