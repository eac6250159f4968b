package io.aerie.configdb.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.PathType;
import io.aerie.config.schema.DocumentSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A schema, ready for use. Compiling checks it against its draft's own schema and resolves all its
 * references, so that a broken one shows when it is registered and not at somebody's commit.
 */
final class CompiledSchema {
  private static final int SCHEMA_BYTES_MAX = 64 * 1024;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";

  private final DocumentSchema origin;
  private final Schema schema;

  private CompiledSchema(DocumentSchema origin, Schema schema) {
    this.origin = origin;
    this.schema = schema;
  }

  /** IllegalArgumentException when it is no schema of its draft. */
  static CompiledSchema of(DocumentSchema origin) {
    if (origin.json().getBytes(StandardCharsets.UTF_8).length > SCHEMA_BYTES_MAX) {
      throw new IllegalArgumentException(
          "its schema is larger than " + SCHEMA_BYTES_MAX + " bytes");
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // The library looks for the draft's own schema in the thread's class loader, which in a
    // container is anybody's.
    thread.setContextClassLoader(Schema.class.getClassLoader());
    try {
      return compile(origin);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static CompiledSchema compile(DocumentSchema origin) {
    try {
      JsonNode node = JSON.readTree(origin.json());
      if (!node.isObject()) {
        throw new IllegalArgumentException("its schema is not a JSON object");
      }
      SchemaRegistry registry = registry(origin.draft());
      List<Error> errors = registry.getSchema(SchemaLocation.of(META_SCHEMA)).validate(node);
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException("its schema is none: " + errors.get(0));
      }
      Schema schema = registry.getSchema(node);
      schema.initializeValidators();
      return new CompiledSchema(origin, schema);
    } catch (JsonProcessingException | SchemaException e) {
      throw new IllegalArgumentException("its schema can't be used: " + e.getMessage(), e);
    }
  }

  private static SchemaRegistry registry(DocumentSchema.Draft draft) {
    SchemaRegistryConfig config =
        SchemaRegistryConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .locale(Locale.ROOT)
            .preloadSchema(true)
            .build();
    return switch (draft) {
      case DRAFT_2020_12 ->
          // the library fetches nothing from elsewhere unless told to
          SchemaRegistry.withDialect(
              Dialects.getDraft202012(), builder -> builder.schemaRegistryConfig(config));
    };
  }

  DocumentSchema origin() {
    return origin;
  }

  List<Error> validate(JsonNode document) {
    return schema.validate(document);
  }
}
