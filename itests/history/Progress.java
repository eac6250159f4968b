package io.aerie.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When changes were acknowledged. Whoever breaks the cluster follows it in a file of lines {@code
 * KIND NODE COUNT}, and writes its marks, lines {@code MILLIS WORDS}, into another; the longest time
 * without a change after each mark is printed at the end.
 */
final class Progress {
  private final Map<String, List<Long>> millis = new TreeMap<>();

  synchronized void acknowledged(String kind, int node) {
    millis.computeIfAbsent(kind + " " + (node + 1), key -> new ArrayList<>()).add(now());
  }

  /** The time of day, as the marks have it. */
  private static long now() {
    return System.currentTimeMillis();
  }

  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    synchronized (this) {
      millis.forEach((key, times) -> text.append(key + " " + times.size() + "\n"));
    }
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(aside, text);
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Prints for each mark the longest pause of each kind until the next, over all nodes. */
  synchronized void printPauses(Path marks) throws IOException {
    if (!Files.exists(marks)) {
      return;
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(marks));
    lines.add(now() + " end");
    for (int i = 0; i + 1 < lines.size(); i++) {
      long from = millisOf(lines.get(i));
      long to = millisOf(lines.get(i + 1));
      StringBuilder text = new StringBuilder();
      for (String kind : kinds()) {
        text.append(String.format("  %s %.1f s", kind, pause(kind, from, to) / 1e3));
      }
      String words = lines.get(i).substring(lines.get(i).indexOf(' ') + 1);
      System.out.printf("longest pause of changes, %s:%s%n", words, text);
    }
  }

  private static long millisOf(String line) {
    return Long.parseLong(line.substring(0, line.indexOf(' ')));
  }

  private List<String> kinds() {
    return millis.keySet().stream().map(key -> key.split(" ")[0]).distinct().toList();
  }

  private long pause(String kind, long from, long to) {
    List<Long> times = new ArrayList<>(List.of(from, to));
    millis.forEach(
        (key, own) -> {
          if (key.startsWith(kind + " ")) {
            own.stream().filter(time -> time > from && time < to).forEach(times::add);
          }
        });
    Collections.sort(times);
    long longest = 0;
    for (int i = 1; i < times.size(); i++) {
      longest = Math.max(longest, times.get(i) - times.get(i - 1));
    }
    return longest;
  }
}
