package io.aerie.shell.login;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import java.util.Map;
import javax.security.auth.Subject;
import org.apache.felix.service.command.CommandSession;

/** A session of the container as its listeners see it. */
public final class FakeCommandSession {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Map<String, Object> variables;
  private final CommandSession session;
  private boolean closed;

  /**
   * @param variables by name; others are none
   */
  public FakeCommandSession(Map<String, Object> variables) {
    this.variables = variables;
    PrintStream console = new PrintStream(printed, true, StandardCharsets.UTF_8);
    this.session =
        (CommandSession)
            Proxy.newProxyInstance(
                CommandSession.class.getClassLoader(),
                new Class<?>[] {CommandSession.class},
                (self, method, arguments) ->
                    switch (method.getName()) {
                      case "getConsole" -> console;
                      case "get" -> this.variables.get(arguments[0]);
                      case "hashCode" -> 1;
                      case "equals" -> self == arguments[0];
                      case "close" -> {
                        closed = true;
                        yield null;
                      }
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
  }

  /** What listeners are given. */
  public CommandSession session() {
    return session;
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed;
  }

  /** All that was printed. */
  public String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** Does it as somebody who logged in. */
  public static void as(Subject subject, Runnable action) {
    Subject.doAs(
        subject,
        (PrivilegedAction<Void>)
            () -> {
              action.run();
              return null;
            });
  }
}
