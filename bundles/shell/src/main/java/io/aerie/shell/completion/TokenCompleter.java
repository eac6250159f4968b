package io.aerie.shell.completion;

import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.TokenDirectory.Token;
import io.aerie.face.Subsystems;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Ids of API tokens. */
@Service
public final class TokenCompleter extends LiveCompleter {
  @Override
  Stream<String> words(Subsystems subsystems) {
    return subsystems.find(TokenDirectory.class).stream()
        .flatMap(tokens -> tokens.tokens().stream())
        .map(Token::id);
  }
}
