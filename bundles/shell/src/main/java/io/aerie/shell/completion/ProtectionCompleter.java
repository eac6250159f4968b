package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Protections that this release knows. */
@Service
public final class ProtectionCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Stream.of("rf2", "rf3");
  }
}
