package io.aerie.shell.completion;

import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The providers of logs that ConfigDB isn't on: it can move there. */
@Service
public final class LogProviderCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    Set<String> present =
        subsystems.logs().stream()
            .filter(NamedLog::isOfConfig)
            .map(log -> log.log().status().provider())
            .collect(Collectors.toSet());
    return ConfigLogMove.PROVIDERS.stream().filter(provider -> !present.contains(provider));
  }
}
