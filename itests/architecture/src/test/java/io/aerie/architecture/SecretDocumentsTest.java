package io.aerie.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.aerie.config.schema.DocumentSchema;
import io.aerie.config.schema.SecretDocuments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * No face shows a secret of a document to anybody. Goal: what the owner of a type says of its
 * secrets and what faces leave out are the same. Method: the schemas of all rooms are compared with
 * the list that faces keep to; {@code writeOnly} is JSON Schema's word for what is never told.
 */
class SecretDocumentsTest {
  private static final List<String> ROOMS =
      List.of("cluster", "configdb", "ardfs", "export", "nbd", "iscsi");

  private static final Pattern WRITE_ONLY =
      Pattern.compile("\"(\\w+)\": \\{[^{}]*\"writeOnly\": true");

  /** What bears a secret or its hash by its name, and is a text. */
  private static final Pattern SECRET =
      Pattern.compile("(?i)\"(\\w*(?:password|hash|secret|keyPem))\": \\{\"type\": \"string\"");

  private static List<DocumentSchema> schemas() throws ReflectiveOperationException {
    List<DocumentSchema> schemas = new ArrayList<>();
    for (JavaClass type :
        new ClassFileImporter()
            .importPaths(
                ROOMS.stream()
                    .map(room -> Path.of("../../bundles", room, "target/classes").toAbsolutePath())
                    .map(Path::normalize)
                    .toList())) {
      if (type.isAssignableTo(DocumentSchema.class) && !type.isInterface()) {
        schemas.add((DocumentSchema) type.reflect().getConstructor().newInstance());
      }
    }
    return schemas;
  }

  private static Set<String> found(Pattern pattern, DocumentSchema schema) {
    return pattern
        .matcher(schema.json())
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void shouldSeeTheSchemasOfAllSecrets() throws Exception {
    assertThat(schemas().stream().filter(DocumentSchema::secret).map(DocumentSchema::type))
        .containsExactlyInAnyOrder(
            "user",
            "token",
            "join-token",
            "ca-rotation",
            "ldap",
            "rest-certificate",
            "iscsi-secret");
  }

  @Test
  void shouldHideWhatItsOwnerNeverTells() throws Exception {
    for (DocumentSchema schema : schemas()) {
      for (String path : schema.paths()) {
        assertThat(SecretDocuments.hiddenFields(path + "/x"))
            .as("hidden fields of %s", path)
            .containsExactlyInAnyOrderElementsOf(found(WRITE_ONLY, schema));
        assertThat(SecretDocuments.covers(path) || !schema.secret()).as(path).isTrue();
      }
    }
  }

  @Test
  void shouldNeverTellWhatBearsASecretByItsName() throws Exception {
    for (DocumentSchema schema : schemas()) {
      assertThat(found(WRITE_ONLY, schema)).as(schema.type()).containsAll(found(SECRET, schema));
    }
  }
}
