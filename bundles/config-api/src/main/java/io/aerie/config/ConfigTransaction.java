package io.aerie.config;

import java.util.List;

/**
 * Conditions and changes that happen all or not at all.
 *
 * @param conditions all must hold
 * @param changes applied in order under one new revision
 */
public record ConfigTransaction(List<Condition> conditions, List<Change> changes) {
  public ConfigTransaction {
    conditions = List.copyOf(conditions);
    changes = List.copyOf(changes);
  }

  /** Holds when the document at the path has this revision; 0 stands for "there is none". */
  public record Condition(String path, long revision) {}

  /** One change. */
  public sealed interface Change {
    /** Where. */
    String path();

    /** Writes a document. */
    record Put(String path, String type, String json) implements Change {}

    /** Removes a document; harmless when there is none. */
    record Delete(String path) implements Change {}
  }
}
