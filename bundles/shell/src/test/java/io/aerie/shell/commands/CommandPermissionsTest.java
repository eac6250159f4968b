package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.face.access.Caller;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.fakes.FakeSubsystems;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.junit.jupiter.api.Test;

/**
 * Every command of the bundle declares who may run it, found by looking at the compiled classes:
 * one that is added without is named here. What changes something is never for observers.
 */
class CommandPermissionsTest {
  /** Commands that only show; all others change. */
  private static final Set<String> SHOWING =
      Set.of(
          "list",
          "info",
          "get",
          "watch",
          "verify",
          "check",
          "show",
          "plan",
          "extents",
          "reservations",
          "attachments",
          "ca-show",
          "certificate-show");

  private static Map<String, Class<?>> commands() throws Exception {
    URI here = AerieCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path classes = Path.of(here);
    Map<String, Class<?>> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace('/', '.');
        Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
        Command command = type.getAnnotation(Command.class);
        if (command != null) {
          found.put(command.scope() + ":" + command.name(), type);
        }
      }
    }
    return found;
  }

  @Test
  void shouldDeclareARoleForEveryCommand() throws Exception {
    Map<String, Class<?>> commands = commands();
    assertThat(commands).hasSizeGreaterThan(20).containsKeys("user:role", "volume:delete");
    commands.forEach(
        (name, type) -> {
          assertThat(AerieCommand.class).as(name).isAssignableFrom(type);
          Requires requires = type.getAnnotation(Requires.class);
          assertThat(requires).as(name + " declares no permission").isNotNull();
          String verb = name.substring(Math.max(name.indexOf(':'), name.lastIndexOf('-')) + 1);
          boolean shows = SHOWING.contains(verb);
          assertThat(requires.value().changes()).as(name).isEqualTo(!shows);
          assertThat(requires.value().role()).as(name + " is open to all").isPresent();
        });
  }

  @Test
  void shouldRefuseWhatARoleMayNotBeforeAnythingIsTouched() throws Exception {
    for (Map.Entry<String, Class<?>> entry : commands().entrySet()) {
      Permission permission = entry.getValue().getAnnotation(Requires.class).value();
      for (Role role : Role.values()) {
        Caller caller = new Caller("u", role, Set.of(), Optional.empty(), "192.0.2.1", 1);
        AerieCommand command =
            (AerieCommand) entry.getValue().getDeclaredConstructor().newInstance();
        if (!permission.allows(role)) {
          // nothing is there: whatever came beyond the check would fail otherwise
          assertThatThrownBy(() -> run(command, caller))
              .as(entry.getKey() + " as " + role)
              .isInstanceOfSatisfying(
                  AerieException.class,
                  refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN));
        }
      }
    }
  }

  private static void run(AerieCommand command, Caller caller) {
    command.run(
        new FakeSubsystems(),
        caller,
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
  }

  @Test
  void shouldKeepOperatorsFromUsersSecurityAndMembership() {
    for (Permission permission :
        List.of(
            Permission.USERS_CHANGE,
            Permission.USERS_READ,
            Permission.TOKENS_ALL,
            Permission.AUDIT_READ,
            Permission.UPGRADES_READ,
            Permission.UPGRADES_CHANGE,
            Permission.CONFIG_CHANGE,
            Permission.CONFIG_SECRETS_READ,
            Permission.MEMBERSHIP_CHANGE)) {
      assertThat(permission.allows(Role.OPERATOR)).as(permission.name()).isFalse();
    }
    for (Permission permission : Permission.values()) {
      boolean own =
          permission == Permission.ACCOUNT_CHANGE || permission == Permission.TOKENS_CHANGE;
      if (permission.changes() && !own) {
        assertThat(permission.allows(Role.OBSERVER)).as(permission.name()).isFalse();
      }
      assertThat(permission.allows(Role.ADMINISTRATOR)).isTrue();
    }
  }
}
