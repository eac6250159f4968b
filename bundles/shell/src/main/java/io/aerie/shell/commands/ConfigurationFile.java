package io.aerie.shell.commands;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of the node's {@code etc}, which the container reads and never writes. */
final class ConfigurationFile {
  private static final Pattern ENTRY = Pattern.compile("\\s*([^#!=:\\s]+)\\s*[=:].*");

  private ConfigurationFile() {}

  /**
   * Gives keys values, and leaves all other lines as they are. Whoever reads it meanwhile, or after
   * a power cut, finds the former file or the new one.
   *
   * @param values without line breaks and backslashes
   */
  static void set(Path file, Map<String, String> values) throws IOException {
    Map<String, String> missing = new TreeMap<>(values);
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      Matcher entry = ENTRY.matcher(line);
      String value = entry.matches() ? missing.remove(entry.group(1)) : null;
      lines.add(value == null ? line : entry.group(1) + " = " + value);
    }
    missing.forEach((key, value) -> lines.add(key + " = " + value));
    replace(file, String.join("\n", lines) + "\n");
  }

  private static void replace(Path file, String content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path aside = Files.createTempFile(folder, file.getFileName().toString(), ".new");
    try {
      Files.setPosixFilePermissions(aside, Files.getPosixFilePermissions(file));
      Files.writeString(aside, content);
      force(aside, StandardOpenOption.WRITE);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(folder, StandardOpenOption.READ);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }
}
