package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import org.apache.karaf.shell.support.CommandException;

/**
 * Ends a command with the text that REST has in its problem details. Karaf prints it and gives an
 * SSH exec the exit status 1.
 */
public final class CommandFailure extends CommandException {
  private static final long serialVersionUID = 1L;

  private final String text;

  CommandFailure(AerieException failure) {
    super(failure.describe(), failure);
    this.text = failure.describe();
  }

  /** The text without Karaf's "Error executing command". */
  @Override
  public String getNiceHelp() {
    return text;
  }
}
