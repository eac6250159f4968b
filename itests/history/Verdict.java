package io.aerie.history;

import java.util.ArrayList;
import java.util.List;

/** What is to be said of a history. */
final class Verdict {
  private static final int PRINTED_MAX = 10;

  private final List<String> lines = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  void say(String line) {
    lines.add(line);
  }

  void violation(String what) {
    violations.add(what);
  }

  boolean good() {
    return violations.isEmpty();
  }

  void print(String name) {
    lines.forEach(line -> System.out.println(name + ": " + line));
    violations.stream()
        .limit(PRINTED_MAX)
        .forEach(what -> System.out.println(name + ": VIOLATION " + what));
    if (violations.size() > PRINTED_MAX) {
      System.out.println(name + ": " + violations.size() + " violations in all");
    }
  }
}
