package io.aerie.shell.completion;

import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.User;
import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Names of users. */
@Service
public final class UserCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(UserDirectory.class).stream()
        .flatMap(users -> users.users().stream())
        .map(User::name);
  }
}
