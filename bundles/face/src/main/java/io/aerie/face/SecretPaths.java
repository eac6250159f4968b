package io.aerie.face;

import java.util.List;

/**
 * Paths of ConfigDB whose documents only administrators read: they hold hashes of passwords and of
 * join tokens.
 */
public final class SecretPaths {
  private static final List<String> ROOTS = List.of("users", "cluster/tokens");

  private SecretPaths() {}

  /** Whether a document is for administrators only. */
  public static boolean isSecret(String path) {
    return ROOTS.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }
}
