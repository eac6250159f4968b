package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;

/** {@code NUMBER=VOLUME}, with the number that was typed; 1 where none was. */
@Service
public final class LunCompleter extends LiveCompleter {
  private static final Pattern TYPED = Pattern.compile("([0-9]+)(=.*)?");
  private static final String FIRST = "1";

  @Override
  Stream<String> words(Subsystems subsystems, CommandLine line) {
    String typed = line.getCursorArgument();
    Matcher matcher = TYPED.matcher(typed == null ? "" : typed);
    return numbered(subsystems, matcher.matches() ? matcher.group(1) : FIRST);
  }

  @Override
  Stream<String> words(Subsystems subsystems) {
    return numbered(subsystems, FIRST);
  }

  private static Stream<String> numbered(Subsystems subsystems, String number) {
    return new VolumeCompleter().words(subsystems).map(volume -> number + "=" + volume);
  }
}
