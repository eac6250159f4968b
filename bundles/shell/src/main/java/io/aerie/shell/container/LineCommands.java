package io.aerie.shell.container;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of the container's commands a line runs that must be recorded: all but those that are known
 * to show only, and ours, which record themselves.
 *
 * <p>What is no row of plain commands can be anything, down to calls of Java: of such a line all
 * names count that stand in it anywhere, and {@link #OTHER} besides.
 */
final class LineCommands {
  /** A line that its text doesn't tell all about: variables, closures, redirections, aliases. */
  static final String OTHER = "shell:line";

  /** Take no argument that writes a file, sets something or runs another command. */
  private static final Set<String> SHOWING =
      Set.of(
          "*:exit",
          "*:help",
          "bundle:capabilities",
          "bundle:classes",
          "bundle:diag",
          "bundle:find-class",
          "bundle:headers",
          "bundle:id",
          "bundle:info",
          "bundle:list",
          "bundle:requirements",
          "bundle:services",
          "bundle:status",
          "bundle:tree-show",
          "config:exists",
          "config:list",
          "config:meta",
          "config:property-get",
          "config:property-list",
          "event:display",
          "event:tail",
          "feature:info",
          "feature:list",
          "feature:provided",
          "feature:regions",
          "feature:repo-list",
          "feature:requirement-list",
          "feature:status",
          "feature:version-list",
          "jaas:group-list",
          "jaas:pending-list",
          "jaas:realm-list",
          "jaas:user-list",
          "jaas:whoami",
          "log:display",
          "log:exception-display",
          "log:get",
          "log:tail",
          "package:exports",
          "package:imports",
          "scr:info",
          "scr:list",
          "service:list",
          "service:wait",
          "shell:cat",
          "shell:clear",
          "shell:date",
          "shell:echo",
          "shell:grep",
          "shell:head",
          "shell:info",
          "shell:logout",
          "shell:printf",
          "shell:pwd",
          "shell:sleep",
          "shell:sort",
          "shell:tail",
          "shell:threads",
          "shell:wc",
          "system:version");

  /** The container's aliases of such commands, in its init script. */
  private static final Set<String> SHOWING_ALIASES = Set.of("cl", "help", "la", "ld", "lde", "ls");

  private static final Pattern NAME = Pattern.compile("[\\w.-]+:[\\w.-]+");

  private final Predicate<String> isOurs;

  /**
   * @param isOurs whether a command, {@code scope:name}, is one of Aerie's
   */
  LineCommands(Predicate<String> isOurs) {
    this.isOurs = isOurs;
  }

  /**
   * The names under which a line is recorded, none when it only shows or is Aerie's.
   *
   * @param line as it was typed
   * @param known all commands there are, {@code scope:name}; the scope {@code *} is that of all
   */
  Set<String> recorded(String line, Collection<String> known) {
    return PlainLine.heads(line)
        .map(
            heads ->
                heads.stream()
                    .flatMap(head -> ofHead(head, known).stream())
                    .collect(Collectors.toCollection(TreeSet::new)))
        .orElseGet(
            () -> {
              TreeSet<String> anywhere =
                  NAME.matcher(line)
                      .results()
                      .map(MatchResult::group)
                      .filter(known::contains)
                      .filter(this::isRecorded)
                      .collect(Collectors.toCollection(TreeSet::new));
              anywhere.add(OTHER);
              return anywhere;
            });
  }

  private Optional<String> ofHead(String head, Collection<String> known) {
    boolean isScoped = head.indexOf(':') >= 0;
    if (SHOWING_ALIASES.contains(head)
        || known.stream().anyMatch(each -> each.startsWith(head + ":"))) {
      // the name of a scope alone only changes which commands may be typed without one
      return Optional.empty();
    }
    List<String> meant =
        known.stream()
            .filter(each -> isScoped ? each.equals(head) : each.endsWith(":" + head))
            .toList();
    if (meant.isEmpty()) {
      return Optional.of(OTHER);
    }
    List<String> recorded = meant.stream().filter(this::isRecorded).toList();
    return recorded.size() > 1 ? Optional.of("*:" + head) : recorded.stream().findFirst();
  }

  private boolean isRecorded(String command) {
    return !SHOWING.contains(command) && !isOurs.test(command);
  }
}
