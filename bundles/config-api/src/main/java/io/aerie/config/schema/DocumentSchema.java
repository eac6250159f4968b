package io.aerie.config.schema;

import java.util.List;

/**
 * What documents of one type look like. The subsystem that owns the type registers it as an OSGi
 * service; ConfigDB follows these services and refuses, on the node that has the schema, what does
 * not match it. Several schemas for one type must all match.
 *
 * <p>A reader stays tolerant all the same: a document may have been written before its schema was
 * there, or on a node of another release.
 */
public interface DocumentSchema {
  /** The drafts of JSON Schema that are understood, and nothing of which is guessed. */
  enum Draft {
    /** JSON Schema 2020-12; {@code format} is an annotation there and refuses nothing. */
    DRAFT_2020_12
  }

  /** The type of the documents: {@code pool}. */
  String type();

  /**
   * Paths at or below which documents must match, too, whatever type their writer gave them: {@code
   * pools}. Never empty strings.
   */
  default List<String> paths() {
    return List.of();
  }

  /** What {@link #json} is written in. */
  default Draft draft() {
    return Draft.DRAFT_2020_12;
  }

  /**
   * The schema, a JSON object (RFC 8259) of at most 64 KiB. References stay inside it: nothing is
   * fetched. Fields that nobody may be shown are {@code "writeOnly": true}, and listed by {@link
   * SecretDocuments}, too.
   */
  String json();

  /** Whether the documents hold secrets such as hashes: those leave the cluster encrypted only. */
  default boolean secret() {
    return false;
  }
}
