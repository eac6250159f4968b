package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * User and password out of an Authorization header (RFC 7617, section 2).
 *
 * @param user the name, without a colon
 * @param password may hold colons
 */
record Credentials(String user, String password) {
  private static final String SCHEME = "basic ";

  /** Reads the header; UNAUTHENTICATED when there is none or it is no Basic one. */
  static Credentials parse(String header) {
    if (header == null) {
      throw missing();
    }
    if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw refused("The header Authorization has another scheme than Basic.");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
      String pair = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw refused("The header Authorization holds no colon.");
      }
      return new Credentials(pair.substring(0, colon), pair.substring(colon + 1));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw refused("The header Authorization is not Base64 of UTF-8.");
    }
  }

  static AerieException missing() {
    return refused("No user and password came with the request.");
  }

  static AerieException refused(String why) {
    return new AerieException(
        ErrorCode.UNAUTHENTICATED,
        "You are not logged in",
        why,
        "Send user and password as HTTP Basic authentication.");
  }

  /** Never prints the password. */
  @Override
  public String toString() {
    return user;
  }
}
