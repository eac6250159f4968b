package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.transfer.ConfigTransfer.Outcome;
import io.aerie.config.transfer.ConfigTransfer.Wish;
import io.aerie.face.Subsystems;
import io.aerie.face.TransferViews;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ImportModeCompleter;
import io.aerie.shell.login.ShellLogin;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** {@code aerie-config:import}. */
@Service
@Requires(Permission.CONFIG_CHANGE)
@Command(
    scope = "aerie-config",
    name = "import",
    description = "Imports a file of this node; a large one in steps that can be resumed")
public final class ConfigImportCommand extends AerieCommand {
  @Argument(name = "FILE", description = "What aerie-config:export wrote", required = true)
  @Completion(FileCompleter.class)
  String file;

  @Option(name = "--mode", description = "merge keeps what the file lacks, replace deletes it")
  @Completion(ImportModeCompleter.class)
  String mode = "merge";

  @Option(name = "--dry-run", description = "Change nothing, tell what would happen")
  boolean dryRun;

  @Option(
      name = "--take-over",
      description = "End another restore that was left unfinished, put this one in its place")
  boolean takeOver;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ConfigTransfer transfer = subsystems.require(ConfigTransfer.class);
    byte[] bytes = read();
    char[] passphrase = transfer.isEncrypted(bytes) ? PasswordPrompt.read(session) : null;
    try {
      ShellLogin.change(() -> print(restore(transfer, bytes, passphrase, out), out));
    } finally {
      if (passphrase != null) {
        Arrays.fill(passphrase, '\0');
      }
    }
  }

  private Outcome restore(
      ConfigTransfer transfer, byte[] bytes, char[] passphrase, PrintStream out) {
    return new Steps(out, json, TransferViews.RESTORE_LIMIT)
        .follow(
            TransferLines::of,
            tell ->
                transfer.restore(
                    bytes,
                    Optional.ofNullable(passphrase),
                    new Wish(TransferViews.mode(mode), dryRun, takeOver),
                    tell));
  }

  private void print(Outcome outcome, PrintStream out) {
    if (json) {
      out.println(Views.pretty(TransferViews.of(outcome)));
      return;
    }
    TransferLines.print(outcome.changes(), out);
    out.printf(
        "%s: %d changes, %d documents as they were, revision %d%n",
        outcome.dryRun() ? "would be imported" : "imported",
        outcome.changes().size(),
        outcome.unchanged(),
        outcome.revision());
  }

  private byte[] read() {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > TransferViews.FILE_BYTES_MAX) {
        throw TransferViews.fileTooLarge(TransferViews.FILE_BYTES_MAX);
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "The file '" + file + "' can't be read", e.toString(), "", e);
    }
  }
}
