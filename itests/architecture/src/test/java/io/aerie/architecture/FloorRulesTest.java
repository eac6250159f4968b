package io.aerie.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The house stands as docs/architecture.md draws it. Goal: a room imports only from lower floors,
 * never from its own, and the lowest floors know no framework. Method: every compiled class of ours
 * is assigned to its room by where it was built, and each dependency between rooms is looked at.
 */
class FloorRulesTest {
  /** Rooms by floor. A new room is entered here and in docs/architecture.md. */
  private static final Map<String, Integer> FLOORS =
      Map.ofEntries(
          Map.entry("base", 0),
          Map.entry("cluster-api", 1),
          Map.entry("config-api", 1),
          Map.entry("storage-api", 1),
          Map.entry("event-api", 1),
          Map.entry("upgrade-api", 1),
          Map.entry("upgrade-package", 2),
          Map.entry("storage-engine", 2),
          Map.entry("cluster", 3),
          Map.entry("cluster-atomix", 3),
          Map.entry("cluster-ratis", 3),
          Map.entry("ardfs", 3),
          Map.entry("export", 3),
          Map.entry("configdb", 4),
          Map.entry("face", 4),
          Map.entry("nbd", 4),
          Map.entry("iscsi", 4),
          Map.entry("events", 4),
          Map.entry("upgrade", 4),
          Map.entry("rest", 5),
          Map.entry("shell", 5));

  private static final Pattern ROOM = Pattern.compile("/bundles/([a-z-]+)/target/classes/");

  private static JavaClasses classes;

  @BeforeAll
  static void importAllRooms() {
    // Not from the class path: there a class is found twice when one bundle embeds another room.
    classes =
        new ClassFileImporter()
            .importPaths(
                FLOORS.keySet().stream()
                    .map(room -> Path.of("../../bundles", room, "target/classes").toAbsolutePath())
                    .map(Path::normalize)
                    .toList());
  }

  @Test
  void shouldSeeClassesOfEveryRoom() {
    Set<String> seen = new TreeSet<>();
    classes.forEach(type -> room(type).ifPresent(seen::add));
    assertThat(seen).isEqualTo(new TreeSet<>(FLOORS.keySet()));
  }

  @Test
  void shouldImportOnlyFromLowerFloors() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass type : classes) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        check(type, dependency.getTargetClass()).ifPresent(violations::add);
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void shouldKeepFrameworksOutOfTheLowestFloors() {
    Set<String> violations = new TreeSet<>();
    for (JavaClass type : classes) {
      int floor = room(type).map(FLOORS::get).orElse(Integer.MAX_VALUE);
      if (floor > 2) {
        continue;
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        boolean framework =
            target.startsWith("org.osgi")
                || target.startsWith("org.slf4j")
                || target.startsWith("io.netty")
                || target.startsWith("com.fasterxml");
        if (framework) {
          violations.add(type.getName() + " -> " + target);
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void shouldKeepThreadsClocksAndFilesOutOfTheStorageEngine() {
    // An Executor alone is no thread: by it the host hands in its loop, and the simulator its own.
    Pattern forbidden =
        Pattern.compile(
            "java\\.lang\\.Thread|java\\.util\\.concurrent\\.(?!atomic|Executor$).*|java\\.nio\\.(file|channels)\\..*"
                + "|java\\.io\\.File.*|java\\.net\\..*|java\\.time\\.Clock|java\\.util\\.Timer.*");
    Set<String> violations = new TreeSet<>();
    for (JavaClass type : classes) {
      if (!room(type).equals(Optional.of("storage-engine"))) {
        continue;
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getName();
        if (forbidden.matcher(target).matches()) {
          violations.add(type.getName() + " -> " + target);
        }
      }
      type.getMethodCallsFromSelf().stream()
          .filter(call -> call.getTargetOwner().getName().equals("java.lang.System"))
          .filter(
              call ->
                  call.getName().equals("nanoTime") || call.getName().equals("currentTimeMillis"))
          .forEach(call -> violations.add(call.getDescription()));
    }
    assertThat(violations).isEmpty();
  }

  private static Optional<String> check(JavaClass from, JavaClass to) {
    Optional<String> fromRoom = room(from);
    Optional<String> toRoom = room(to);
    if (fromRoom.isEmpty() || toRoom.isEmpty() || fromRoom.equals(toRoom)) {
      return Optional.empty();
    }
    boolean allowed = FLOORS.get(fromRoom.get()) > FLOORS.get(toRoom.get());
    return allowed
        ? Optional.empty()
        : Optional.of(
            fromRoom.get()
                + " must not import from "
                + toRoom.get()
                + ": "
                + from.getName()
                + " -> "
                + to.getName());
  }

  private static Optional<String> room(JavaClass type) {
    return type.getSource()
        .map(source -> ROOM.matcher(source.getUri().toString()))
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .filter(FLOORS::containsKey);
  }
}
