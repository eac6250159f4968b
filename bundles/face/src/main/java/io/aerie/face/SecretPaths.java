package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.schema.SecretDocuments;
import java.util.Set;

/**
 * Paths of ConfigDB whose documents only administrators read: they hold hashes of passwords and of
 * tokens, or the LDAP directory's password or a key, which nobody is shown. They are changed by
 * what owns them only, which keeps its rules (an administrator must be left).
 */
public final class SecretPaths {
  /** Fields of any secret document that are secrets in themselves, and not hashes of some. */
  static final Set<String> NEVER_SHOWN = Set.of("bindPassword", "keyPem", "secret", "mutualSecret");

  private SecretPaths() {}

  /** Whether a document is for administrators only. */
  public static boolean isSecret(String path) {
    return SecretDocuments.covers(path);
  }

  /** Refuses to write a document as it is; FORBIDDEN. */
  public static void checkChange(String path) {
    if (isSecret(path)) {
      throw new AerieException(
          ErrorCode.FORBIDDEN,
          "The document '" + path + "' can't be changed as it is",
          "It belongs to users, tokens, LDAP, certificates or iSCSI, which have rules of their own.",
          "Use the commands of users, tokens, LDAP, security and targets.");
    }
  }
}
