package io.aerie.shell.commands;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads certificates and keys from files of this node. */
final class PemFile {
  /** A chain is a few certificates. */
  private static final long BYTES_MAX = 64 * 1024;

  private PemFile() {}

  static String read(String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > BYTES_MAX) {
        throw new AerieException(
            ErrorCode.TOO_LARGE,
            "The file '" + file + "' is too large",
            "It has at most 64 KiB.",
            "Name a file with what is needed only.");
      }
      return Files.readString(path);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR, "The file '" + file + "' can't be read", e.toString(), "", e);
    }
  }
}
