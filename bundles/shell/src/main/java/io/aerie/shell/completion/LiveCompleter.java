package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.face.TrackedSubsystems;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.osgi.framework.FrameworkUtil;

/** Completes from what this node knows now; a subsystem that is away completes nothing. */
abstract class LiveCompleter implements Completer {
  @Override
  public int complete(Session session, CommandLine line, List<String> candidates) {
    try (TrackedSubsystems subsystems =
        new TrackedSubsystems(FrameworkUtil.getBundle(LiveCompleter.class).getBundleContext())) {
      return new StringsCompleter(words(subsystems, line).toList())
          .complete(session, line, candidates);
    }
  }

  /** All words that fit at this place, where the rest of the line matters. */
  Stream<String> words(Subsystems subsystems, CommandLine line) {
    return words(subsystems);
  }

  /** All words that fit at this place. */
  abstract Stream<String> words(Subsystems subsystems);
}
