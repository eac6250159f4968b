package io.aerie.shell.completion;

import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.RoleNames;
import io.aerie.face.Subsystems;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Roles. */
@Service
public final class RoleCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return Arrays.stream(Role.values()).map(RoleNames::of);
  }
}
