package io.aerie.rest.http;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Locale;

/** What an Authorization header (RFC 9110, section 11.6.2) proves a caller with. */
sealed interface Credentials {
  /** RFC 7617, section 2: {@code Basic BASE64(user:password)}. */
  String BASIC = "basic ";

  /** RFC 6750, section 2.1: {@code Bearer TOKEN}. */
  String BEARER = "bearer ";

  /** Reads the header; UNAUTHENTICATED when there is none or it is of no known scheme. */
  static Credentials parse(String header) {
    if (header == null) {
      throw missing();
    }
    String lower = header.toLowerCase(Locale.ROOT);
    if (lower.startsWith(BASIC)) {
      return basic(header.substring(BASIC.length()).strip());
    }
    if (lower.startsWith(BEARER)) {
      return new Bearer(header.substring(BEARER.length()).strip());
    }
    throw refused("The header Authorization has another scheme than Basic and Bearer.");
  }

  private static Basic basic(String encoded) {
    try {
      String pair = Base64Text.decode(encoded);
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw refused("The header Authorization holds no colon.");
      }
      return new Basic(pair.substring(0, colon), pair.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      throw refused("The header Authorization is not Base64 of UTF-8.");
    }
  }

  static AerieException missing() {
    return refused("No user and password, and no token, came with the request.");
  }

  static AerieException refused(String why) {
    return new AerieException(
        ErrorCode.UNAUTHENTICATED,
        "You are not logged in",
        why,
        "Send user and password as HTTP Basic authentication, or a token as Bearer.");
  }

  /**
   * A user's.
   *
   * @param user the name, without a colon
   * @param password may hold colons
   */
  record Basic(String user, String password) implements Credentials {
    /** Never prints the password. */
    @Override
    public String toString() {
      return user;
    }
  }

  /** A program's. */
  record Bearer(String token) implements Credentials {
    /** Never prints the token. */
    @Override
    public String toString() {
      return "a token";
    }
  }
}
