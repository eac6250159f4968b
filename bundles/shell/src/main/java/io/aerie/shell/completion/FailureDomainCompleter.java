package io.aerie.shell.completion;

import io.aerie.face.Subsystems;
import io.aerie.storage.admin.FailureDomain;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** What can fail as one. */
@Service
public final class FailureDomainCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Arrays.stream(FailureDomain.values()).map(FailureDomain::toString);
  }
}
