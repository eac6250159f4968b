package io.aerie.config.schema;

import java.util.List;

/**
 * Documents that hold hashes of passwords and of tokens, the LDAP directory's password, keys of
 * certificates, or secrets of iSCSI, and those that such depend on: for administrators only, told
 * without their values, exported encrypted. Fixed here, beside what schemas say, since it must hold
 * also while a schema's owner is being exchanged.
 */
public final class SecretDocuments {
  private static final List<String> ROOTS =
      List.of(
          "users",
          "tokens",
          "cluster/tokens",
          "cluster/ca",
          "cluster/ca-nodes",
          "security/ldap",
          "security/certificate",
          "exports/iscsi/secrets");

  private SecretDocuments() {}

  /** Whether the document at a path is one, or all below it are. */
  public static boolean covers(String path) {
    return ROOTS.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }
}
