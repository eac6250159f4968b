package io.aerie.face;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.Document;
import java.util.Optional;

/** What REST and the shell keep to when they write ConfigDB's documents as they are. */
public final class RawDocuments {
  private static final String CLUSTER = "cluster";
  private static final String TYPE_DEFAULT = "document";

  private RawDocuments() {}

  /**
   * Refuses to write or remove what only its owner may, which keeps its rules (an administrator
   * must be left; a node that leaves must be empty); FORBIDDEN.
   */
  public static void checkChange(String path) {
    if (SecretPaths.isSecret(path)) {
      throw forbidden(
          path,
          "It belongs to users, tokens, LDAP, certificates or iSCSI, which have rules of their own.",
          "Use the commands of users, tokens, LDAP, security and targets.");
    }
    if (path.equals(CLUSTER) || path.startsWith(CLUSTER + "/")) {
      throw forbidden(
          path,
          "It is the cluster's own record, of its nodes for example: a wrong one would end a node.",
          "Nodes come by cluster:token and go by cluster:leave.");
    }
  }

  private static AerieException forbidden(String path, String why, String remedy) {
    return new AerieException(
        ErrorCode.FORBIDDEN, "The document '" + path + "' can't be changed as it is", why, remedy);
  }

  /**
   * The kind of a document to be written: that which it has unless another is named.
   *
   * @param wanted null when none is named
   */
  public static String type(String wanted, Optional<Document> before) {
    return Optional.ofNullable(wanted).or(() -> before.map(Document::type)).orElse(TYPE_DEFAULT);
  }
}
