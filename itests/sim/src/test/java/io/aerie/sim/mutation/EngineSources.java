package io.aerie.sim.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The product's sources, which are read and never changed. */
final class EngineSources {
  private final Path root;

  /**
   * @param root the folder of sources of the bundle storage-engine
   */
  EngineSources(Path root) {
    this.root = root;
  }

  /** The text of a class below io.aerie.engine, such as {@code owner/Credits}. */
  String of(String file) {
    Path path = root.resolve("io/aerie/engine").resolve(file + ".java");
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
