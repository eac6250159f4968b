package io.aerie.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Secrets never get into logs by way of a record's text. Goal: each record of a room that meets
 * secrets, and that has one among its components, says itself what it prints. Method: the
 * compiler's own toString, which prints all components, is final in records; nobody writes that by
 * hand.
 */
class SecretRecordsTest {
  /** Where users' and nodes' secrets pass. */
  private static final List<String> ROOMS =
      List.of("cluster-api", "config-api", "cluster", "configdb", "face", "iscsi", "rest", "shell");

  /** Texts that bear a secret by their name. Hashes count: they can be guessed against. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|passphrase|secret|passwordHash|tokenText|keyPem)|token|credentials");

  private static final Set<String> TEXTS =
      Set.of("java.lang.String", "char[]", "byte[]", "[C", "[B", "java.util.Optional");

  private static Set<String> bearingSecrets(boolean printing) {
    Set<String> found = new TreeSet<>();
    new ClassFileImporter()
            .importPaths(
                ROOMS.stream()
                    .map(room -> Path.of("../../bundles", room, "target/classes").toAbsolutePath())
                    .map(Path::normalize)
                    .toList())
            .stream()
            .filter(JavaClass::isRecord)
            .filter(type -> type.getFields().stream().anyMatch(SecretRecordsTest::isSecret))
            .filter(type -> !printing || printsAll(type))
            .forEach(type -> found.add(type.getName()));
    return found;
  }

  private static boolean isSecret(JavaField field) {
    return !field.getModifiers().contains(JavaModifier.STATIC)
        && TEXTS.contains(field.getRawType().getName())
        && (SECRET.matcher(field.getName()).matches()
            || field.getOwner().getSimpleName().equals("JoinToken"));
  }

  private static boolean printsAll(JavaClass type) {
    return type.getMethod("toString").getModifiers().contains(JavaModifier.FINAL);
  }

  @Test
  void shouldSeeRecordsWithSecrets() {
    assertThat(bearingSecrets(false))
        .contains(
            "io.aerie.rest.resources.UsersResource$NewUser",
            "io.aerie.face.IscsiTargets$Chap",
            "io.aerie.cluster.identity.ClusterAdmission$JoinRequest");
  }

  @Test
  void shouldPrintNoSecret() {
    assertThat(bearingSecrets(true)).isEmpty();
  }
}
