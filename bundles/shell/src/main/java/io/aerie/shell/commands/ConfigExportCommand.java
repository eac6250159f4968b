package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.transfer.ConfigTransfer.Export;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** {@code aerie-config:export}. */
@Service
@Requires(Permission.CONFIG_CHANGE)
@Command(
    scope = "aerie-config",
    name = "export",
    description = "Writes everything into a new file of this node")
public final class ConfigExportCommand extends AerieCommand {
  @Argument(name = "FILE", description = "A file that is not there yet", required = true)
  @Completion(FileCompleter.class)
  String file;

  @Option(
      name = "--encrypt",
      description = "With secrets, by a passphrase: asked for, or a line of standard input")
  boolean encrypt;

  @Option(name = "--json", description = "Print JSON")
  boolean json;

  @Reference Session session;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ConfigTransfer transfer = subsystems.require(ConfigTransfer.class);
    char[] passphrase = encrypt ? PasswordPrompt.read(session) : null;
    try {
      Export export = Await.result(transfer.export(Optional.ofNullable(passphrase)));
      write(export.file());
      print(export, out);
    } finally {
      if (passphrase != null) {
        Arrays.fill(passphrase, '\0');
      }
    }
  }

  private void print(Export export, PrintStream out) {
    if (json) {
      out.println(
          Views.pretty(
              Views.mapper()
                  .createObjectNode()
                  .put("file", file)
                  .put("revision", export.revision())
                  .put("documents", export.documents())
                  .set("leftOut", Views.mapper().valueToTree(export.leftOut()))));
      return;
    }
    out.printf(
        "exported: %s, %d documents at revision %d%n", file, export.documents(), export.revision());
    if (!export.leftOut().isEmpty()) {
      out.printf(
          "left out: %d documents with secrets; --encrypt takes them along%n",
          export.leftOut().size());
    }
  }

  /** Readable by the node's user alone, never over another file, on disk when it returns. */
  private void write(byte[] bytes) {
    try {
      Path path = Path.of(file);
      try (FileChannel channel =
              FileChannel.open(
                  path,
                  Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rw-------")));
          OutputStream stream = Channels.newOutputStream(channel)) {
        stream.write(bytes);
        channel.force(true);
      } catch (FileAlreadyExistsException e) {
        throw new AerieException(
            ErrorCode.ALREADY_EXISTS, "There is a file '" + file + "'", "", "Name another.", e);
      } catch (IOException e) {
        boolean unused = Files.deleteIfExists(path);
        throw e;
      }
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "The file '" + file + "' can't be written", e.toString(), "", e);
    }
  }
}
