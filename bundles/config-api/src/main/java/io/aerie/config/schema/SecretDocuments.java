package io.aerie.config.schema;

import java.util.Map;
import java.util.Set;

/**
 * Documents that hold hashes of passwords and of tokens, the LDAP directory's password, keys of
 * certificates, or secrets of iSCSI, and those that such depend on: for administrators only, told
 * without their values, exported encrypted. Fixed here, beside what schemas say, since it must hold
 * also while a schema's owner is being exchanged.
 */
public final class SecretDocuments {
  /** By path, the fields of the document there, or of all below it, that nobody is shown. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "users", Set.of("passwordHash"),
          "tokens", Set.of("hash"),
          "cluster/tokens", Set.of(),
          "cluster/ca", Set.of("keyPem"),
          "cluster/ca-nodes", Set.of(),
          "security/ldap", Set.of("bindPassword"),
          "security/certificate", Set.of("keyPem"),
          "exports/iscsi/secrets", Set.of("secret", "mutualSecret"));

  private SecretDocuments() {}

  /** Whether the document at a path is one, or all below it are. */
  public static boolean covers(String path) {
    return FIELDS.keySet().stream().anyMatch(root -> isAtOrBelow(path, root));
  }

  /**
   * Names of the fields of the document at a path that no face shows to anybody: the secrets
   * themselves, and hashes, at which they could be guessed. The schema of the document's type says
   * {@code "writeOnly": true} of the same ones.
   */
  public static Set<String> hiddenFields(String path) {
    return FIELDS.entrySet().stream()
        .filter(entry -> isAtOrBelow(path, entry.getKey()))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(Set.of());
  }

  private static boolean isAtOrBelow(String path, String root) {
    return path.equals(root) || path.startsWith(root + "/");
  }
}
