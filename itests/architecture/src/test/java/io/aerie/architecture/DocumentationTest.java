package io.aerie.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What an administrator meets is written down: each code of a refusal has its row in docs/rest.md,
 * each command its row in docs/shell.md. Commands are found in the compiled classes by Karaf's
 * annotation.
 */
class DocumentationTest {
  private static final String COMMAND = "org.apache.karaf.shell.api.action.Command";
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  private static String page(String name) throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve(name));
  }

  @Test
  void shouldExplainEveryErrorCode() throws IOException {
    String page = page("rest.md");
    List<String> missing =
        Arrays.stream(ErrorCode.values())
            .filter(code -> !page.contains("| `" + code.code() + "` | " + code.httpStatus()))
            .map(ErrorCode::code)
            .toList();
    assertThat(missing).as("codes without a row in docs/rest.md").isEmpty();
  }

  @Test
  void shouldListEveryCommand() throws IOException {
    String page = page("shell.md");
    Set<String> commands = new TreeSet<>();
    JavaClasses classes =
        new ClassFileImporter().importPath(ROOT.resolve("bundles/shell/target/classes"));
    for (JavaClass type : classes) {
      Optional<JavaAnnotation<JavaClass>> command = type.tryGetAnnotationOfType(COMMAND);
      command.ifPresent(
          annotation ->
              commands.add(annotation.get("scope").get() + ":" + annotation.get("name").get()));
    }
    assertThat(commands).contains("volume:create", "cluster:info");
    commands.removeIf(command -> page.contains("`" + command));
    assertThat(commands).as("commands without a row in docs/shell.md").isEmpty();
  }
}
