package io.aerie.configdb.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.schema.DocumentSchema;
import io.aerie.configdb.state.Paths;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schemas that this node's subsystems registered.
 *
 * <p>They are asked before a transaction enters the log, by the node that sends it, and never by
 * the replicated state: replicas of different releases have different schemas, and must come to the
 * same state from the same log all the same.
 */
public final class SchemaRegistry {
  private static final Logger log = LoggerFactory.getLogger(SchemaRegistry.class);

  /** Violations that are named: enough to mend a document, too few to fill a screen. */
  private static final int NAMED_MAX = 10;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final List<CompiledSchema> schemas = new CopyOnWriteArrayList<>();

  /** From now on documents of its type must match. One that is no schema is logged and ignored. */
  public void add(DocumentSchema schema) {
    try {
      schemas.add(CompiledSchema.of(schema));
      log.debug("Documents of type '{}' have a schema", schema.type());
    } catch (IllegalArgumentException e) {
      log.error("Documents of type '{}' stay unchecked: {}", schema.type(), e.getMessage(), e);
    }
  }

  /** Takes one back. */
  public void remove(DocumentSchema schema) {
    schemas.removeIf(compiled -> compiled.origin() == schema);
  }

  /** Refuses a document that doesn't match; SCHEMA_VIOLATION. */
  public void check(Change.Put put) {
    List<CompiledSchema> applying = applying(put.type(), put.path());
    if (applying.isEmpty()) {
      return;
    }
    JsonNode document = parse(put);
    for (CompiledSchema schema : applying) {
      List<Error> errors = schema.validate(document);
      if (!errors.isEmpty()) {
        throw violation(put, schema.origin().type(), errors);
      }
    }
  }

  /** Whether a registered schema says that such documents hold secrets. */
  public boolean isSecret(String type, String path) {
    return applying(type, path).stream().anyMatch(schema -> schema.origin().secret());
  }

  private List<CompiledSchema> applying(String type, String path) {
    return schemas.stream()
        .filter(
            schema ->
                schema.origin().type().equals(type)
                    || schema.origin().paths().stream()
                        .anyMatch(prefix -> Paths.covers(prefix, path)))
        .toList();
  }

  private static JsonNode parse(Change.Put put) {
    try {
      return JSON.readTree(put.json());
    } catch (JsonProcessingException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "the document '" + put.path() + "' is not JSON", "", "", e);
    }
  }

  /** The library's texts quote the schema, never the document: that may hold secrets. */
  private static AerieException violation(Change.Put put, String type, List<Error> errors) {
    String places =
        errors.stream()
            .limit(NAMED_MAX)
            .map(error -> "At '" + error.getInstanceLocation() + "': " + error.getMessage() + ".")
            .distinct()
            .collect(Collectors.joining(" "));
    int unnamed = errors.size() - NAMED_MAX;
    return new AerieException(
        ErrorCode.SCHEMA_VIOLATION,
        "the document '" + put.path() + "' does not match the schema of the type '" + type + "'",
        unnamed > 0 ? places + " And " + unnamed + " more." : places,
        "Places are JSON pointers (RFC 6901), '' is the whole document. Mend them and send it again.");
  }
}
