package io.aerie.rest.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text in headers, which hold ASCII only. */
public final class Base64Text {
  private Base64Text() {}

  /** Decodes; IllegalArgumentException when it is not Base64 (RFC 4648) of UTF-8. */
  public static String decode(String encoded) {
    byte[] bytes = Base64.getDecoder().decode(encoded);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-8", e);
    }
  }
}
