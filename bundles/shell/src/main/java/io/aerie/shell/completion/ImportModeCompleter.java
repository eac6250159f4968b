package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** What an import may do with documents that the file lacks. */
@Service
public final class ImportModeCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Stream.of("merge", "replace");
  }
}
