package io.aerie.configdb.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a chain: {@code audit-SEQUENCE.jsonl}, named after their first entry with 16 digits,
 * so that names sort as entries do.
 */
record AuditFolder(Path folder) {
  private static final Pattern NAME = Pattern.compile("audit-(\\d{16})\\.jsonl");

  Path file(long firstSequence) {
    return folder.resolve(String.format("audit-%016d.jsonl", firstSequence));
  }

  /** Of one of these files, by its name. */
  static long firstSequence(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      throw new IllegalArgumentException(file + " is no file of a chain");
    }
    return Long.parseLong(name.group(1));
  }

  /** The oldest first. */
  List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  /**
   * The lines of a file that end as lines do. What follows the last LF was torn by a crash: its
   * writer never got an answer.
   */
  static List<String> lines(Path file) throws IOException {
    return lines(Files.readAllBytes(file));
  }

  /** The same of what was read of one. */
  static List<String> lines(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(text.substring(start, end));
      start = end + 1;
    }
    return lines;
  }

  /** Cuts off a torn end. */
  static void trim(FileChannel channel, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] != '\n') {
      length--;
    }
    if (length < bytes.length) {
      channel.truncate(length);
      channel.force(true);
    }
    channel.position(length);
  }

  /** Makes names durable. */
  void sync() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
