package io.aerie.face;

import java.util.Set;

/**
 * Paths of ConfigDB whose documents only administrators read: they hold hashes of passwords and of
 * join tokens.
 */
public final class SecretPaths {
  private static final Set<String> FIRST_SEGMENTS =
      Set.of("users", "tokens", "join-tokens", "admission", "secrets");

  private SecretPaths() {}

  /** Whether a path, or all below it, is for administrators only. */
  public static boolean isSecret(String path) {
    return FIRST_SEGMENTS.contains(path.split("/", 2)[0]);
  }
}
