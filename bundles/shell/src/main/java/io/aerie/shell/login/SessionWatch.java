package io.aerie.shell.login;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.aerie.base.AerieException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.karaf.shell.api.console.Session;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sessions of logins that no longer hold: before a line is run, Karaf's own commands
 * included, and within some seconds while one runs or nothing is typed. Each session is known from
 * its first line on, which is the container's init script.
 */
@Component(service = CommandSessionListener.class)
public final class SessionWatch implements CommandSessionListener {
  private static final Logger logger = LoggerFactory.getLogger(SessionWatch.class);
  private static final long PERIOD_MS = 5_000;

  /** Sessions that ended are forgotten with the objects. */
  private final Map<CommandSession, ShellLogin> sessions = new WeakHashMap<>();

  private final ScheduledExecutorService scheduler;
  private final ScheduledFuture<?> looks;

  /** Looks each few seconds. */
  @Activate
  public SessionWatch() {
    scheduler =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "aerie-shell-sessions");
              thread.setDaemon(true);
              return thread;
            });
    looks = scheduler.scheduleWithFixedDelay(this::look, PERIOD_MS, PERIOD_MS, MILLISECONDS);
  }

  /** A session that is closed here doesn't run the line: its executor takes nothing any more. */
  @Override
  public void beforeExecute(CommandSession session, CharSequence line) {
    Optional<ShellLogin> login = ShellLogin.current();
    if (login.isPresent()) {
      synchronized (sessions) {
        sessions.put(session, login.get());
      }
      endUnlessHolding(session, login.get());
    } else if (ShellLogin.isOfFormerBundle()) {
      end(session, ShellLogin.ended());
    }
  }

  @Override
  public void afterExecute(CommandSession session, CharSequence line, Exception failure) {}

  @Override
  public void afterExecute(CommandSession session, CharSequence line, Object result) {}

  /** Ends what must end. */
  void look() {
    Map<CommandSession, ShellLogin> all;
    synchronized (sessions) {
      all = new HashMap<>(sessions);
    }
    all.forEach(
        (session, login) -> {
          if (!login.isChanging()) {
            endUnlessHolding(session, login);
          }
        });
  }

  private void endUnlessHolding(CommandSession session, ShellLogin login) {
    try {
      if (login.holds()) {
        return;
      }
    } catch (RuntimeException e) {
      logger.error("Whether '{}' may go on can't be told", login.getName(), e);
    }
    synchronized (sessions) {
      if (sessions.remove(session) == null) {
        return;
      }
    }
    logger.info("A session of '{}' ends, since its login no longer holds", login.getName());
    end(session, ShellLogin.ended());
  }

  /**
   * Ends it and tells why, in order or not: what comes next must not wait for a half closed one.
   */
  public static void end(CommandSession session, AerieException why) {
    try {
      session.getConsole().println(why.describe());
      if (session.get(".session") instanceof Session shell) {
        shell.close();
      }
    } catch (RuntimeException e) {
      logger.warn("A session of the shell does not end in order", e);
    } finally {
      session.close();
    }
  }

  /** Looks no longer. */
  @Deactivate
  public void close() {
    looks.cancel(false);
    scheduler.shutdown();
  }
}
