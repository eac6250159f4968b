package io.aerie.shell.container;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import io.aerie.face.Subsystems;
import io.aerie.face.TrackedSubsystems;
import io.aerie.face.Unforeseen;
import io.aerie.face.access.Caller;
import io.aerie.face.audit.AuditTrail;
import io.aerie.shell.login.SessionWatch;
import io.aerie.shell.login.ShellLogin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.karaf.shell.api.action.Command;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records which of the container's own commands somebody runs who logged in: an entry before, and
 * one after with the line's outcome. Never arguments, which may hold secrets. A line that can't be
 * recorded is not run: its session ends.
 */
@Component(service = CommandSessionListener.class)
public final class ContainerAudit implements CommandSessionListener {
  private static final Logger logger = LoggerFactory.getLogger(ContainerAudit.class);

  /** The outcome of lines that fail: the container has no codes. */
  private static final String FAILED = "failed";

  private static final String COMMANDS_FOLDER = "io/aerie/shell/commands";

  private final Subsystems subsystems;
  private final Runnable closing;
  private final LineCommands commands;
  private final BooleanSupplier isOfContainer;

  /** What the thread is within: a script is a line within a line. */
  private final ThreadLocal<Deque<Recorded>> recorded = ThreadLocal.withInitial(ArrayDeque::new);

  private record Recorded(CommandSession session, CharSequence line, List<AuditTrail> trails) {
    boolean isOf(CommandSession otherSession, CharSequence otherLine) {
      return session == otherSession && line == otherLine;
    }

    void end(String outcome) {
      trails.forEach(trail -> trail.end(outcome, Map.of()));
    }
  }

  /** Of the node. */
  @Activate
  public ContainerAudit(BundleContext context) {
    TrackedSubsystems tracked = new TrackedSubsystems(context);
    this.subsystems = tracked;
    this.closing = tracked::close;
    this.commands = new LineCommands(ours(context.getBundle())::contains);
    this.isOfContainer = ContainerAudit::isInitScript;
  }

  /**
   * @param isOfContainer whether the container itself has the thread run a line now
   */
  ContainerAudit(Subsystems subsystems, LineCommands commands, BooleanSupplier isOfContainer) {
    this.subsystems = subsystems;
    this.closing = () -> {};
    this.commands = commands;
    this.isOfContainer = isOfContainer;
  }

  /** As Karaf finds them: by their annotation. */
  private static Set<String> ours(Bundle bundle) {
    Set<String> names = new HashSet<>();
    Collection<String> classes =
        bundle
            .adapt(BundleWiring.class)
            .listResources(COMMANDS_FOLDER, "*.class", BundleWiring.LISTRESOURCES_LOCAL);
    for (String path : classes) {
      String name = path.replaceAll("\\.class$", "").replace('/', '.');
      try {
        Command command = bundle.loadClass(name).getAnnotation(Command.class);
        if (command != null) {
          names.add(command.scope() + ":" + command.name());
        }
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("the bundle lacks a class that it lists: " + name, e);
      }
    }
    return names;
  }

  @Override
  public void beforeExecute(CommandSession session, CharSequence line) {
    // before it is a member (cluster:join) a node has no audit log
    if (ShellLogin.current().isEmpty() || subsystems.find(ClusterIdentity.class).isEmpty()) {
      return;
    }
    List<AuditTrail> trails = new ArrayList<>();
    try {
      Caller caller = ShellLogin.current().get().caller();
      for (String action : actions(session, line.toString())) {
        trails.add(AuditTrail.begin(subsystems, caller, action));
      }
    } catch (RuntimeException e) {
      // the container runs the line whatever a listener throws, but none in a session that is
      // closed
      AerieException why = Unforeseen.report(logger, "a line of the shell", e);
      trails.forEach(trail -> trail.end(why.code().code(), Map.of()));
      SessionWatch.end(session, why);
      return;
    }
    if (!trails.isEmpty()) {
      recorded.get().push(new Recorded(session, line, trails));
    }
  }

  private Set<String> actions(CommandSession session, String line) {
    if (!(session.get(".commands") instanceof Collection<?> known)) {
      throw new AerieException(
          ErrorCode.INTERNAL, "The shell doesn't tell which commands it has", "", "Report it.");
    }
    Set<String> actions = commands.recorded(line, known.stream().map(String::valueOf).toList());
    return !actions.isEmpty() && isOfContainer.getAsBoolean() ? Set.of() : actions;
  }

  /**
   * Whether the line is an init script of the session. The container changes its text on the way,
   * so only who runs it tells; under another name it would be recorded, too often instead of too
   * seldom.
   */
  private static boolean isInitScript() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getMethodName().equals("doExecuteScript")
                            && frame.getClassName().startsWith("org.apache.karaf.shell.")));
  }

  @Override
  public void afterExecute(CommandSession session, CharSequence line, Exception failure) {
    end(session, line, FAILED);
  }

  @Override
  public void afterExecute(CommandSession session, CharSequence line, Object result) {
    end(session, line, AuditLog.DONE);
  }

  /** Also ends lines within it whose own end the container doesn't tell, after an error of Java. */
  private void end(CommandSession session, CharSequence line, String outcome) {
    Deque<Recorded> within = recorded.get();
    if (within.stream().noneMatch(each -> each.isOf(session, line))) {
      return;
    }
    Recorded last;
    do {
      last = within.pop();
      last.end(last.isOf(session, line) ? outcome : FAILED);
    } while (!last.isOf(session, line));
  }

  /** Lets go of the services. */
  @Deactivate
  public void close() {
    closing.run();
  }
}
