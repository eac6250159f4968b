package io.aerie.rest.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.face.Views;
import jakarta.ws.rs.core.Response;
import java.util.Locale;

/**
 * A refusal or failure as problem details (RFC 9457): {@code type}, {@code title}, {@code status},
 * {@code detail} of the standard; {@code code}, {@code why} and {@code remedy} of ours.
 */
public final class Problem {
  /** RFC 9457, section 6.1. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final String TYPE_PREFIX = "urn:aerie:problem:";

  private Problem() {}

  /** The body. */
  public static ObjectNode body(AerieException failure) {
    ErrorCode code = failure.code();
    return Views.mapper()
        .createObjectNode()
        .put("type", TYPE_PREFIX + code.code())
        .put("title", title(code))
        .put("status", code.httpStatus())
        .put("code", code.code())
        .put("detail", failure.getMessage())
        .put("why", failure.why())
        .put("remedy", failure.remedy());
  }

  /** The whole response. */
  public static Response response(AerieException failure) {
    return builder(failure).build();
  }

  /** The response, for those that add headers. */
  static Response.ResponseBuilder builder(AerieException failure) {
    Response.ResponseBuilder builder =
        Response.status(failure.code().httpStatus()).type(MEDIA_TYPE).entity(body(failure));
    if (failure.code() == ErrorCode.UNAUTHENTICATED) {
      // RFC 9110, section 11.6.1: a 401 names the scheme; RFC 7617 for the character set.
      builder.header("WWW-Authenticate", "Basic realm=\"aerie\", charset=\"UTF-8\"");
      builder.header("WWW-Authenticate", "Bearer realm=\"aerie\"");
    }
    if (failure.code() == ErrorCode.UNAVAILABLE) {
      builder.header("Retry-After", "2");
    }
    if (failure.code() == ErrorCode.TOO_MANY_ATTEMPTS) {
      // the longest wait that there is; 'why' has the one that is left
      builder.header("Retry-After", "16");
    }
    return builder;
  }

  /** The code in words, equal for all occurrences as the RFC's section 3.1.3 asks. */
  private static String title(ErrorCode code) {
    String words = code.code().replace('-', ' ');
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
