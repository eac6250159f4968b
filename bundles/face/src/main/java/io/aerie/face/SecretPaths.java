package io.aerie.face;

import io.aerie.config.schema.SecretDocuments;

/** Paths of ConfigDB whose documents only administrators read, and these without the secrets. */
public final class SecretPaths {
  private SecretPaths() {}

  /** Whether a document is for administrators only. */
  public static boolean isSecret(String path) {
    return SecretDocuments.covers(path);
  }
}
