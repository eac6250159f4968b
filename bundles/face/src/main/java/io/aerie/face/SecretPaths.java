package io.aerie.face;

import io.aerie.config.schema.SecretDocuments;
import java.util.Set;

/**
 * Paths of ConfigDB whose documents only administrators read: they hold hashes of passwords and of
 * tokens, or the LDAP directory's password or a key, which nobody is shown.
 */
public final class SecretPaths {
  /** Fields of any secret document that are secrets in themselves, and not hashes of some. */
  static final Set<String> NEVER_SHOWN = Set.of("bindPassword", "keyPem", "secret", "mutualSecret");

  private SecretPaths() {}

  /** Whether a document is for administrators only. */
  public static boolean isSecret(String path) {
    return SecretDocuments.covers(path);
  }
}
