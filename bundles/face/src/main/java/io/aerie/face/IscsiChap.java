package io.aerie.face;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.IscsiTargets.Chap;

/** What initiators of a target prove, as a document of ConfigDB and as it is shown. */
final class IscsiChap {
  private static final int SECRET_LENGTH_MIN = 12;

  private IscsiChap() {}

  /**
   * The document; INVALID_VALUE when something is missing or too short.
   *
   * @param chap not {@link Chap#NONE}
   */
  static String document(Chap chap) {
    boolean mutual = chap.mutualUser() != null || chap.mutualSecret() != null;
    if (chap.user() == null
        || tooShort(chap.secret())
        || (mutual && (chap.mutualUser() == null || tooShort(chap.mutualSecret())))
        || (mutual && chap.secret().equals(chap.mutualSecret()))) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "CHAP needs a user and a secret of at least 12 characters",
          "The mutual part is left out or has both, too; its secret is another one.",
          "");
    }
    ObjectNode document =
        Views.mapper().createObjectNode().put("user", chap.user()).put("secret", chap.secret());
    if (mutual) {
      document.put("mutualUser", chap.mutualUser()).put("mutualSecret", chap.mutualSecret());
    }
    return document.toString();
  }

  private static boolean tooShort(String secret) {
    return secret == null || secret.length() < SECRET_LENGTH_MIN;
  }

  /**
   * Names the users.
   *
   * @param user null where nothing is proved
   * @param mutualUser null or empty where the target proves nothing
   */
  static void show(ObjectNode view, String user, String mutualUser) {
    if (user == null) {
      view.putNull("chap");
    } else {
      view.putObject("chap")
          .put("user", user)
          .put("mutualUser", mutualUser == null || mutualUser.isEmpty() ? null : mutualUser);
    }
  }
}
