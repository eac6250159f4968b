package io.aerie.shell.commands;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;

/** Karaf's session as far as a question for a password uses it; everything else fails. */
final class TestSession {
  private TestSession() {}

  /** As of {@code ssh node command}: no terminal, standard input holds a text. */
  static Session headless(String input) {
    ByteArrayInputStream bytes = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return proxy(
        Session.class,
        (name) ->
            switch (name) {
              case "getTerminal" -> null;
              case "getKeyboard" -> bytes;
              default -> throw new UnsupportedOperationException(name);
            });
  }

  /** As of a person who gives these answers. */
  static Session terminal(String... answers) {
    Queue<String> left = new ArrayDeque<>(List.of(answers));
    Terminal terminal =
        proxy(
            Terminal.class,
            name -> {
              throw new UnsupportedOperationException(name);
            });
    return proxy(
        Session.class,
        name ->
            switch (name) {
              case "getTerminal" -> terminal;
              case "readLine" -> left.remove();
              default -> throw new UnsupportedOperationException(name);
            });
  }

  private static <T> T proxy(Class<T> type, java.util.function.Function<String, Object> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answer.apply(method.getName())));
  }
}
