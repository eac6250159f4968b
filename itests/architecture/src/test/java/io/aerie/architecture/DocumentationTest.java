package io.aerie.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What an administrator meets is written down: each code of a refusal and each resource with its
 * methods has its row in docs/rest.md, each command with its options and arguments its row in
 * docs/shell.md, and its place in docs/administration.md. Commands and resources are found in the
 * compiled classes by the annotations of Karaf and JAX-RS.
 */
class DocumentationTest {
  private static final String KARAF = "org.apache.karaf.shell.api.action.";
  private static final String JAX_RS = "jakarta.ws.rs.";
  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
  private static final Pattern CODE = Pattern.compile("`([^`]*)`");
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

  private static JavaClasses classes(String bundle) {
    return new ClassFileImporter()
        .importPath(ROOT.resolve("bundles/" + bundle + "/target/classes"));
  }

  /** The commands of the shell, by their names. */
  private static Map<String, JavaClass> commands() {
    Map<String, JavaClass> commands = new TreeMap<>();
    for (JavaClass type : classes("shell")) {
      Optional<JavaAnnotation<JavaClass>> command = type.tryGetAnnotationOfType(KARAF + "Command");
      command.ifPresent(
          annotation ->
              commands.put(text(annotation, "scope") + ":" + text(annotation, "name"), type));
    }
    assertThat(commands).containsKeys("volume:create", "volume:snapshot", "cluster:info");
    return commands;
  }

  private static String text(JavaAnnotation<?> annotation, String element) {
    return annotation.get(element).map(Object::toString).orElse("");
  }

  /** What stands in code on a page and begins with a command, without it: its synopses. */
  private static List<String> synopses(String page, String command) {
    return CODE.matcher(page)
        .results()
        .map(code -> code.group(1).replace("\\|", "|") + " ")
        .filter(code -> code.startsWith(command + " "))
        .map(code -> code.substring(command.length()))
        .toList();
  }

  @Test
  void shouldListEveryCommandWithItsOptionsAndArguments() throws IOException {
    String page = page("shell.md");
    Set<String> missing = new TreeSet<>();
    for (Map.Entry<String, JavaClass> command : commands().entrySet()) {
      List<String> synopses = synopses(page, command.getKey());
      if (synopses.isEmpty()) {
        missing.add(command.getKey());
      }
      for (String word : words(command.getValue())) {
        Pattern whole =
            Pattern.compile(
                "(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])", Pattern.CASE_INSENSITIVE);
        if (synopses.stream().noneMatch(synopsis -> whole.matcher(synopsis).find())) {
          missing.add(command.getKey() + " " + word);
        }
      }
    }
    assertThat(missing).as("commands, options and arguments not in docs/shell.md").isEmpty();
  }

  /** The names of a command's options and arguments. */
  private static List<String> words(JavaClass command) {
    List<String> words = new ArrayList<>();
    for (JavaField field : command.getAllFields()) {
      for (String kind : List.of("Option", "Argument")) {
        field
            .tryGetAnnotationOfType(KARAF + kind)
            .ifPresent(annotation -> words.add(text(annotation, "name")));
      }
    }
    return words;
  }

  @Test
  void shouldNameEveryCommandToAdministrators() throws IOException {
    String page = page("administration.md");
    Set<String> commands = new TreeSet<>(commands().keySet());
    commands.removeIf(
        command -> Pattern.compile("(?<![\\w:-])" + command + "(?![\\w-])").matcher(page).find());
    assertThat(commands).as("commands not in docs/administration.md").isEmpty();
  }

  @Test
  void shouldListEveryResourceOfRest() throws IOException {
    Set<String> documented = documentedResources();
    Set<String> resources = new TreeSet<>();
    for (JavaClass type : classes("rest")) {
      String path =
          type.tryGetAnnotationOfType(JAX_RS + "Path").map(at -> text(at, "value")).orElse(null);
      for (JavaMethod method : path == null ? Set.<JavaMethod>of() : type.getMethods()) {
        String below =
            method.tryGetAnnotationOfType(JAX_RS + "Path").map(at -> text(at, "value")).orElse("");
        String whole = below.isEmpty() || path.endsWith("/") ? path + below : path + "/" + below;
        METHODS.stream()
            .filter(name -> method.isAnnotatedWith(JAX_RS + name))
            .forEach(name -> resources.add(name + " " + shape(whole)));
      }
    }
    assertThat(resources).contains("POST disks/*:drain", "GET config/*", "GET health");
    assertThat(documented).as("rows of docs/rest.md for no resource").isSubsetOf(resources);
    resources.removeAll(documented);
    assertThat(resources).as("resources without a row in docs/rest.md").isEmpty();
  }

  /** {@code /api/v1/volumes/{id}} and {@code volumes/ID} are both {@code volumes/*}. */
  private static String shape(String path) {
    return path.replaceFirst("^/api/v1/+", "")
        .replaceAll("\\{path: \\(/\\.\\*\\)\\?\\}", "/*")
        .replaceAll("\\{\\w+\\}", "*")
        .replaceAll("\\b(ID|NAME|PATH|PREFIX)\\b", "*")
        .replaceFirst("\\?.*", "");
  }

  /** The table under "Resources": a row without a path goes on with the one above it. */
  private static Set<String> documentedResources() throws IOException {
    String page = page("rest.md");
    String table = page.substring(page.indexOf("## Resources"), page.indexOf("## What all"));
    Set<String> documented = new TreeSet<>();
    String path = "";
    for (String row : table.lines().filter(line -> line.startsWith("| ")).toList()) {
      String[] cells = row.split("\\|");
      path = cells[1].isBlank() ? path : shape(cells[1].strip().replace("`", ""));
      String methods = CODE.matcher(cells[2]).replaceAll("");
      for (String method : METHODS) {
        if (Pattern.compile("\\b" + method + "\\b").matcher(methods).find()) {
          documented.add(method + " " + path);
        }
      }
    }
    return documented;
  }
}
