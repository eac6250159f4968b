package io.aerie.configdb.transfer;

import io.aerie.config.schema.SecretDocuments;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.Paths;
import java.util.List;

/** Which documents leave the cluster, and how. */
enum Portability {
  /** As they are. */
  OPEN,
  /** Encrypted only: they hold secrets. */
  ENCRYPTED,
  /** Never, and no import touches them. */
  NEVER;

  /**
   * The members of this cluster with their addresses and certificates, join tokens that name them,
   * and API tokens, which are bound to the revision at which their owner was made. Fixed here and
   * not asked of schemas: they must stay also while their owner is being exchanged.
   */
  private static final List<String> BOUND = List.of("cluster", "tokens");

  static Portability of(SchemaRegistry schemas, String type, String path) {
    if (BOUND.stream().anyMatch(root -> Paths.covers(root, path))) {
      return NEVER;
    }
    boolean secret = SecretDocuments.covers(path) || schemas.isSecret(type, path);
    return secret ? ENCRYPTED : OPEN;
  }
}
