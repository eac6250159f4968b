package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.face.Subsystems;
import io.aerie.face.TrackedSubsystems;
import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Action;
import org.osgi.framework.FrameworkUtil;

/**
 * What all commands share. Subsystems are looked up at each call, not injected: one reference that
 * is missing would make Karaf unregister all commands of this bundle.
 */
public abstract class AerieCommand implements Action {
  @Override
  public final Object execute() throws CommandFailure {
    try (TrackedSubsystems subsystems =
        new TrackedSubsystems(FrameworkUtil.getBundle(AerieCommand.class).getBundleContext())) {
      // Karaf gives each session its own System.out.
      run(subsystems, System.out);
      return null;
    } catch (AerieException e) {
      throw new CommandFailure(e);
    }
  }

  /** Does it, and prints what is to be seen. */
  protected abstract void run(Subsystems subsystems, PrintStream out);
}
