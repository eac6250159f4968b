package io.aerie.sim.mutation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A deliberate bug: which rule it breaks, what it changes in the sources, and what must see it.
 * Patches don't care about the layout of the code; each must fit exactly once.
 */
final class Mutation {
  private record Edit(String file, String from, String to) {}

  private record Seeds(long first, int count) {}

  private final String name;
  private final String breaks;
  private final List<Edit> edits = new ArrayList<>();
  private final List<String> scenarios = new ArrayList<>();
  private final List<Seeds> seeds = new ArrayList<>();
  private String equivalentBecause;

  private Mutation(String name, String breaks) {
    this.name = name;
    this.breaks = breaks;
  }

  /** A name for tables, and the rule that is broken. */
  static Mutation mutation(String name, String breaks) {
    return new Mutation(name, breaks);
  }

  /**
   * Replaces some code.
   *
   * @param file below io/aerie/engine, without its ending
   */
  Mutation in(String file, String from, String to) {
    edits.add(new Edit(file, from, to));
    return this;
  }

  /** The names of test classes, each of which must fail; without a package they are scenarios. */
  Mutation seenBy(String... tests) {
    for (String test : tests) {
      scenarios.add(test.contains(".") ? test : "io.aerie.sim.scenario." + test);
    }
    return this;
  }

  /** At least one of so many runs from a seed on must fail. */
  Mutation seenBySeeds(long first, int count) {
    seeds.add(new Seeds(first, count));
    return this;
  }

  /** No execution can tell it from the original; it counts for nothing and is only compiled. */
  Mutation isEquivalent(String why) {
    equivalentBecause = why;
    return this;
  }

  String name() {
    return name;
  }

  String breaks() {
    return breaks;
  }

  boolean equivalent() {
    return equivalentBecause != null;
  }

  /** The files that it changes, with their new text. */
  Map<String, String> patched(EngineSources sources) {
    Map<String, String> files = new LinkedHashMap<>();
    for (Edit edit : edits) {
      String text = files.containsKey(edit.file) ? files.get(edit.file) : sources.of(edit.file);
      files.put(edit.file, patch(text, edit));
    }
    return files;
  }

  private String patch(String text, Edit edit) {
    StringBuilder pattern = new StringBuilder();
    for (String word : edit.from.strip().split("\\s+")) {
      pattern.append(pattern.length() == 0 ? "" : "\\s+").append(Pattern.quote(word));
    }
    Matcher matcher = Pattern.compile(pattern.toString()).matcher(text);
    if (!matcher.find()) {
      throw new AssertionError(
          "mutation " + name + " is stale: " + edit.file + " has no more\n" + edit.from);
    }
    int begin = matcher.start();
    int end = matcher.end();
    if (matcher.find()) {
      throw new AssertionError(
          "mutation " + name + " is ambiguous: " + edit.file + " has more than one\n" + edit.from);
    }
    return text.substring(0, begin) + edit.to + text.substring(end);
  }

  /** Runs what must see it; each that did not. */
  List<String> survives(EngineSources sources) {
    Map<String, byte[]> classes = InMemoryCompiler.compile(name, patched(sources));
    if (equivalent()) {
      return List.of();
    }
    List<String> blind = new ArrayList<>();
    for (String test : scenarios) {
      note(blind, new MutantLoader(classes).failsIn(test), test);
    }
    for (Seeds some : seeds) {
      OptionalLong found = new MutantLoader(classes).failsInSeeds(some.first, some.count);
      String which = "seeds from " + some.first + ", " + some.count;
      note(blind, found.isPresent(), found.isPresent() ? "seed " + found.getAsLong() : which);
    }
    if (scenarios.isEmpty() && seeds.isEmpty()) {
      blind.add("anything: nothing is named");
    }
    return Collections.unmodifiableList(blind);
  }

  private void note(List<String> blind, boolean seen, String by) {
    System.out.println("mutation " + name + ": " + (seen ? "seen by " : "NOT SEEN by ") + by);
    if (!seen) {
      blind.add(by);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
