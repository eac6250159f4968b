package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.config.audit.AuditLog;
import io.aerie.face.Subsystems;
import io.aerie.face.TrackedSubsystems;
import io.aerie.face.Unforeseen;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Requires;
import io.aerie.face.audit.AuditTrail;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Action;
import org.osgi.framework.FrameworkUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all commands share. Subsystems are looked up at each call, not injected: one reference that
 * is missing would make Karaf unregister all commands of this bundle.
 */
public abstract class AerieCommand implements Action {
  private static final Logger logger = LoggerFactory.getLogger(AerieCommand.class);

  private Caller caller;

  @Override
  public final Object execute() throws CommandFailure {
    try (TrackedSubsystems subsystems =
        new TrackedSubsystems(FrameworkUtil.getBundle(AerieCommand.class).getBundleContext())) {
      // Karaf gives each session its own System.out.
      runReported(subsystems, ShellCaller::current, System.out);
      return null;
    }
  }

  /** Does it for whoever this is; all failures look the same, also those that nobody foresaw. */
  final void runReported(Subsystems subsystems, Supplier<Caller> who, PrintStream out)
      throws CommandFailure {
    try {
      run(subsystems, who.get(), out);
    } catch (RuntimeException | LinkageError e) {
      throw new CommandFailure(Unforeseen.report(logger, CommandAudit.action(this), e));
    }
  }

  /** Does it for a caller, who must be allowed to. */
  final void run(Subsystems subsystems, Caller who, PrintStream out) {
    caller = who;
    Requires requires = getClass().getAnnotation(Requires.class);
    if (requires == null) {
      throw Caller.forbidden("The command declares no permission: a fault of ours.", "Report it.");
    }
    try {
      who.require(requires.value());
    } catch (AerieException e) {
      if (requires.value().changes()) {
        AuditTrail.refused(subsystems, who, CommandAudit.action(this), CommandAudit.details(this));
      }
      throw e;
    }
    // before it is a member (cluster:join) a node has no audit log
    boolean member = subsystems.find(ClusterIdentity.class).isPresent();
    if (member && requires.value().changes() && !onlyLooks()) {
      runRecorded(subsystems, out);
    } else {
      run(subsystems, out);
    }
  }

  private void runRecorded(Subsystems subsystems, PrintStream out) {
    AuditTrail trail = AuditTrail.begin(subsystems, caller, CommandAudit.action(this));
    String outcome = ErrorCode.INTERNAL.code();
    try {
      run(subsystems, out);
      outcome = AuditLog.DONE;
    } catch (AerieException e) {
      outcome = e.code().code();
      throw e;
    } finally {
      trail.end(outcome, CommandAudit.details(this));
    }
  }

  /** Who runs it. */
  protected final Caller caller() {
    return caller;
  }

  /** Whether this call changes nothing, whatever the command may do: then it is not recorded. */
  protected boolean onlyLooks() {
    return CommandAudit.isDryRun(this);
  }

  /** Does it, and prints what is to be seen. */
  protected abstract void run(Subsystems subsystems, PrintStream out);
}
