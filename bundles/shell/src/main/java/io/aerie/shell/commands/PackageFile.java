package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;

/** An upgrade package that lies on this node. */
final class PackageFile {
  private PackageFile() {}

  /** Hands its content to somebody; NOT_FOUND, IO_ERROR. */
  static <T> T read(String file, Function<InputStream, T> reader) {
    try (InputStream content = Files.newInputStream(Path.of(file))) {
      return reader.apply(content);
    } catch (NoSuchFileException e) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no file " + file, "", "", e);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "Reading " + file + " failed", e.toString(), "", e);
    }
  }
}
