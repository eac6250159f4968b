package io.aerie.engine.disk;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;

/** The failure of every call to an engine whose device failed. */
final class FencedStore {
  private FencedStore() {}

  static AerieException failure(Throwable cause) {
    return new AerieException(
        ErrorCode.FENCED,
        "The disk is out of service",
        "The device failed: " + cause.getMessage() + ".",
        "Replace the disk or its connection.",
        cause);
  }
}
