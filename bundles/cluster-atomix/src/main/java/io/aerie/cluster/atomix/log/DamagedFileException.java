package io.aerie.cluster.atomix.log;

import java.io.IOException;

/** A file was read, and isn't what was written once: trying again is of no use. */
final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
